/** A Vite plugin that has Chromium compile the page's script while it arrives, beside the main thread. */
import type { Plugin } from 'vite';

/**
 * Puts V8's explicit compile hint before the chunk called `name`, most of whose functions run while the page starts.
 * To other browsers it is a comment. Rolldown's own banner is not the first line any more when Vite is done.
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
