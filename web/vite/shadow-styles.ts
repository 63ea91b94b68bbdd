/** A Vite plugin that makes the styles of the widget ones for a shadow root on somebody else's page. */
import type { Plugin } from 'vite';

/** What `rem` means to the styles; on a page it means whatever the page has set. */
const REM = 16;

/**
 * - Lengths in `rem` become pixels.
 * - What stands on `:root` and `:host` stands on `.root`: what a page says of its elements goes before what is said of
 *   the host in here.
 * - The initial values of Tailwind's own properties, which it registers with `@property`, are given to each element:
 *   in a shadow root such rules mean nothing. Tailwind has such rules already, but only for some browsers.
 */
export function shadowStyles(): Plugin {
  return {
    name: 'shadow-styles',
    apply: 'build',
    transform: {
      order: 'post',
      filter: { id: /\.css\?inline$/ },
      handler: (code) => ({ code: forShadowRoot(code), map: null }),
    },
  };
}

export function forShadowRoot(css: string): string {
  return css
    .replace(/:root,\s*:host(?=\s*\{)/g, '.root')
    .replace(/@property\s+--[\w-]+\s*\{[^}]*\}\s*/g, '')
    .replace(/(@layer properties\s*\{\s*)@supports\s[^{]*\{/, '$1@media all{')
    .replace(/(?<![\w#.\\-]|\\.)(-?\d*\.?\d+)rem\b/g, (_, length: string) => `${Number(length) * REM}px`);
}
