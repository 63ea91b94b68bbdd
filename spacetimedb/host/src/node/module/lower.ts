import { SourceMap } from 'node:module';
import { rolldown } from 'rolldown';
import { moduleFunction, type ModuleFunction } from './module-function.ts';
import { noteStatements, type NotedProgram } from './statement-lines.ts';

/** A program that `node:vm` can run. */
export interface LoweredProgram extends ModuleFunction, Pick<NotedProgram, 'columnBefore'> {
  /**
   * Maps the code, before notes for statements were inserted, to the module's sources. Absent if the program has no
   * source map.
   */
  readonly sourceMap: SourceMap | undefined;
}

const INLINE_SOURCE_MAP = /^\/\/# sourceMappingURL=data:application\/json;[^,]*base64,(.+)$/m;
const ENTRY = 'spacetimedb_module';

/** The program that was lowered last: several databases often have the same one, and a publish follows its plan. */
let last: { readonly program: string; readonly lowered: Promise<LoweredProgram> } | undefined;

/**
 * Turns an ES module into a plain script. Newer syntax is lowered, because the module library contains `using`, which
 * the V8 of Node 20 does not support.
 *
 * @param program the ES module as published
 * @throws when it does not parse
 */
export async function lowerProgram(program: string): Promise<LoweredProgram> {
  if (last?.program !== program) last = { program, lowered: lower(program) };
  const { lowered } = last;
  try {
    return await lowered;
  } catch (error) {
    if (last.lowered === lowered) last = undefined;
    throw error;
  }
}

async function lower(program: string): Promise<LoweredProgram> {
  const map = INLINE_SOURCE_MAP.exec(program)?.[1];
  const build = await rolldown({
    input: ENTRY,
    platform: 'neutral',
    // The host handles the program's own imports. Helpers that lowering adds are bundled.
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
    format: 'esm',
    exports: 'named',
    sourcemap: true,
    codeSplitting: false,
    polyfillRequire: false,
    minify: false,
  });
  await build.close();
  const [{ code, map: written }] = output;
  const sourceMap = map && written ? new SourceMap(JSON.parse(written.toString())) : undefined;
  const { code: noted, columnBefore } = noteStatements(code, sourceMap);
  return { ...moduleFunction(noted), columnBefore, sourceMap };
}
