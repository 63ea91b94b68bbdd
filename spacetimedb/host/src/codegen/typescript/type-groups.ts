/** `types/reducers.ts` and `types/procedures.ts`: the parameter and return types of functions, by name. */
import { toCase } from '../../engine/schema/case-conversion.ts';
import { CodeWriter } from './code-writer.ts';
import type { Contents } from './contents.ts';
import { writeTypeGroupHeader } from './headers.ts';
import { procedureModule, procedureSymbol, reducerModule, reducerSymbol } from './symbols.ts';

export function reducerTypesFile({ reducers }: Contents): string {
  const names = reducers.map(({ sourceName }) => sourceName);
  return typeGroup(
    '// Import all reducer arg schemas',
    names.map((name) => `import ${reducerSymbol(name)} from "../${reducerModule(name)}";`),
    names.map((name) => typeAlias(name, 'Params', reducerSymbol(name))),
  );
}

export function procedureTypesFile({ procedures }: Contents): string {
  const names = procedures.map(({ sourceName }) => sourceName);
  return typeGroup(
    '// Import all procedure arg schemas',
    names.map((name) => `import * as ${procedureSymbol(name)} from "../${procedureModule(name)}";`),
    names.flatMap((name) => [
      typeAlias(name, 'Args', `${procedureSymbol(name)}.params`),
      typeAlias(name, 'Result', `${procedureSymbol(name)}.returnType`),
    ]),
  );
}

function typeAlias(name: string, suffix: string, value: string): string {
  return `export type ${toCase(name, 'pascal')}${suffix} = __Infer<typeof ${value}>;`;
}

function typeGroup(comment: string, imports: readonly string[], aliases: readonly string[]): string {
  const out = new CodeWriter();
  writeTypeGroupHeader(out);
  out.line().line(comment).lines(imports).line().lines(aliases).line();
  return out.toString();
}
