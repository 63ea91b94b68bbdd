/** A Vite plugin that lets Chromium compile the page's script while it downloads, off the main thread. */
import type { Plugin } from 'vite';

/**
 * Adds V8's explicit compile hint to the chunk called `name`, because most of its functions run at start-up. Other
 * browsers see a comment. Rolldown's banner option does not work, because Vite later adds lines above it.
 */
export function compileHints(name: string): Plugin {
  return {
    name: 'compile-hints',
    apply: 'build',
    enforce: 'post',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const output of Object.values(bundle)) {
          if (output.type === 'chunk' && output.name === name) {
            output.code = `//# allFunctionsCalledOnLoad\n${output.code}`;
          }
        }
      },
    },
  };
}
