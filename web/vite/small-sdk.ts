/** A Vite plugin that gives bundles the client in `web/sdk` in place of the SDK. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const client = path('../sdk/index.ts');
const withoutEval = path('../sdk/without-eval.ts');
const sources = join(dirname(createRequire(import.meta.url).resolve('spacetimedb')), '../src/lib');

/** What the client takes of the SDK itself: its values, its errors and its queries, from their sources. */
const values = ['identity', 'connection_id', 'timestamp', 'time_duration', 'uuid', 'errors', 'query'];

/** What those ask for of the rest of the SDK, and what stands in for it. */
const standIns: Readonly<Record<string, string>> = {
  algebraic_type: path('../sdk/values/algebraic-type.ts'),
  util: path('../sdk/values/util.ts'),
};

/** The module of all that. */
const VALUES = '\0spacetimedb-values';

export function smallSdk(): Plugin {
  return {
    name: 'small-sdk',
    apply: 'build',
    enforce: 'pre',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    resolveId: {
      handler(id, importer = '') {
        if (id === 'spacetimedb') return importer.includes('/web/sdk/') ? VALUES : client;
        if (id === 'spacetimedb-stores/csp') return withoutEval;
        const [, name] = /^\.\/(\w+)(?:\.ts)?$/.exec(id) ?? [];
        if (name === undefined || (importer !== VALUES && !importer.startsWith(sources))) return undefined;
        // Nothing happens but that something is described.
        return { id: standIns[name] ?? join(sources, `${name}.ts`), moduleSideEffects: false };
      },
    },
    load: {
      filter: { id: /spacetimedb-values$/ },
      handler: () => values.map((name) => `export * from './${name}.ts';`).join('\n'),
    },
    transform: {
      filter: { id: /\/module_bindings\/index\.ts$/ },
      // Bundlers would keep the query builder, used or not.
      handler: (code) => ({
        code: code.replace(/__makeQueryBuilder\([\w.]+\)/g, '/* @__PURE__ */ (() => $&)()'),
        map: null,
      }),
    },
  };
}

/**
 * For tests: the stores and bindings get the client, and what tests them keeps the SDK. A server of the tests has
 * bindings of its own, on the SDK.
 */
export function smallSdkForStores(): Plugin {
  const users = /\/adapters\/src\/(?!.*\.test\.)|bindings\/[^?]*$/;
  return {
    name: 'small-sdk-for-stores',
    enforce: 'pre',
    resolveId: {
      filter: { id: /^spacetimedb$|bindings\// },
      async handler(id, importer = '', options) {
        if (id === 'spacetimedb') return users.test(importer) ? client : undefined;
        if (!importer.endsWith('/fake-server.ts')) return undefined;
        const resolved = await this.resolve(id, importer, options);
        return resolved && `${resolved.id}?server`;
      },
    },
  };
}
