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
 * uses a few, and the query builder of the bindings.
 */
const pure =
  /\b(?:t\.(?:array|bool|byteArray|connectionId|enum|identity|object|option|string|timeDuration|timestamp|unit|[fiu]\d+)|__makeQueryBuilder)\(/g;

/**
 * What the SDK has for others: a transport of its own, in place of which the stores give theirs; a look at which version
 * the bindings were generated with, which are in this repository; and how a module describes itself to its database.
 */
const others: readonly (readonly [RegExp, string])[] = [
  [/this\.#createWSFn = WebsocketDecompressAdapter\.openWebSocket;/, ''],
  [/ensureMinimumVersionOrThrow\(this\.remoteModule\.versionInfo\?\.cliVersion\);/, ''],
  [/(?<=_MINIMUM_CLI_VERSION = )new SemanticVersion/, '/* @__PURE__ */ new SemanticVersion'],
  [/ {2}rawModuleDefV10\(\) \{[^]*?\n {2}\}\n/, ''],
];

/** The SDK's code without what is for others. @throws when it has something of that no more */
export function withoutOthers(code: string): string {
  return others.reduce((left, [found, instead]) => {
    if (!found.test(left)) throw new Error(`The SDK has changed: ${found.source} is not in it.`);
    return left.replace(found, instead);
  }, code);
}

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
      handler: (code, id) => ({
        code: (id.endsWith('.mjs') ? withoutOthers(code) : code).replace(pure, '/* @__PURE__ */ $&'),
        map: null,
      }),
    },
  };
}
