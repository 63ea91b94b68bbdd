import { rolldown } from 'rolldown';
import { replaceImportCalls } from './import-calls.ts';

/** A program made ready for `node:vm`. */
export interface LoweredProgram {
  /** The body of a function of `(require, exports)` and `IMPORT_STAND_IN`. */
  readonly code: string;
  /** From `code` back to the module's sources, as source map JSON; absent when the program brought none. */
  readonly sourceMap: string | undefined;
}

const INLINE_SOURCE_MAP = /^\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(.+)$/m;
const ENTRY = 'spacetimedb_module';

/**
 * Makes an ES module program runnable by a plain script.
 *
 * `node:vm` evaluates ES modules only behind a flag, and Node 20's V8 does not yet know `using`, which the module
 * library contains; so imports and exports become CommonJS and newer syntax is lowered.
 *
 * @param program the ES module as published
 * @throws when it does not parse
 */
export async function lowerProgram(program: string): Promise<LoweredProgram> {
  const map = INLINE_SOURCE_MAP.exec(program)?.[1];
  const build = await rolldown({
    input: ENTRY,
    platform: 'neutral',
    // The host resolves or refuses the program's imports; helpers added by lowering are bundled.
    external: (id, importer) => importer === ENTRY && !id.startsWith('@oxc-project/runtime/'),
    logLevel: 'silent',
    transform: { target: 'es2022' },
    treeshake: false,
    plugins: [
      {
        name: 'spacetimedb-program',
        resolveId: (id) => (id === ENTRY ? { id: ENTRY } : undefined),
        load: (id) =>
          id === ENTRY
            ? {
                code: program,
                moduleType: 'js',
                ...(map ? { map: Buffer.from(map, 'base64').toString() } : {}),
              }
            : undefined,
      },
    ],
  });
  const { output } = await build.generate({
    format: 'cjs',
    exports: 'named',
    esModule: false,
    sourcemap: true,
    codeSplitting: false,
  });
  await build.close();
  return { code: replaceImportCalls(output[0].code), sourceMap: map ? output[0].map?.toString() : undefined };
}
