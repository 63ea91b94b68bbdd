/** A Vite plugin for scripts that bring nothing along with what they load later: no styles, and nothing to load before. */
import type { Plugin } from 'vite';

/** The part of Vite that puts something around each `import()`, whether or not there is anything to bring along. */
const WRAPPER = 'native:import-analysis-build';

/** Leaves each `import()` as it stands. @throws when Vite has changed, and does it in another way */
export function plainImports(): Plugin {
  return {
    name: 'plain-imports',
    apply: 'build',
    configResolved({ plugins }) {
      const at = plugins.findIndex(({ name }) => name === WRAPPER);
      if (at === -1) throw new Error(`Vite has changed: it has no ${WRAPPER}.`);
      (plugins as Plugin[]).splice(at, 1);
    },
  };
}
