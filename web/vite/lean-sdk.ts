/** A Vite plugin that keeps out of the page those parts of the SDK that it does not use but bundlers dare not drop. */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** Packages that the SDK needs a little of, and what does that little here. */
const instead: Readonly<Record<string, string>> = {
  'safe-stable-stringify': 'stringify.ts',
  'base64-js': 'base64.ts',
};

/**
 * Calls that only make something: descriptions of types, of which the SDK makes a hundred when it is loaded and a page
 * uses a few, the query builder of the bindings, and version numbers.
 */
const pure =
  /\b(?:t\.(?:array|bool|byteArray|connectionId|enum|identity|object|option|string|timeDuration|timestamp|unit|[fiu]\d+)|__makeQueryBuilder)\(|new SemanticVersion\(/g;

/**
 * Statements of no use here: the SDK's own transport, for connections that are given no other one, as the stores' always
 * are; and the test of the bindings' version, which is the same whenever the page is opened.
 */
const needless =
  /this\.#createWSFn = WebsocketDecompressAdapter\.openWebSocket;|ensureMinimumVersionOrThrow\(this\.remoteModule\.versionInfo\?\.cliVersion\);/g;

export function leanSdk(): Plugin {
  return {
    name: 'lean-sdk',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    resolveId: {
      filter: { id: /^(?:safe-stable-stringify|base64-js)$/ },
      handler: (id) => fileURLToPath(new URL(instead[id] ?? '', import.meta.url)),
    },
    transform: {
      filter: { id: /spacetimedb\/dist\/index\.browser\.mjs$|\/module_bindings\/index\.ts$/ },
      handler: (code) => ({
        code: code.replace(pure, '/* @__PURE__ */ $&').replace(needless, ''),
        map: null,
      }),
    },
  };
}
