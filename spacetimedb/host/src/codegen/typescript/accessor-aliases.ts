/**
 * Aliases for tables whose source name is not in camel case, as in bindings of earlier versions. The code is
 * generated only if there is such a table.
 */
import type { CodeWriter } from './code-writer.ts';
import type { Contents } from './contents.ts';
import { accessor } from './symbols.ts';

export interface AccessorAlias {
  readonly deprecated: string;
  readonly target: string;
}

/** The aliases of the root's tables and views, except for names that are already accessors. */
export function accessorAliases({ tables, views }: Contents): AccessorAlias[] {
  const sources = [...tables, ...views].map(({ sourceName }) => sourceName);
  const proper = new Set(sources.map(accessor));
  return sources
    .filter((source) => !proper.has(source))
    .map((source) => ({ deprecated: source, target: accessor(source) }));
}

export function writeSchemaAliases(out: CodeWriter, aliases: readonly AccessorAlias[]): void {
  const tables = 'typeof tablesSchema.schemaType.tables';
  out.line();
  out.block(
    'type __SchemaWithTableAccessorAliases = Omit<typeof tablesSchema.schemaType, "tables"> & {',
    () =>
      out.block(
        `tables: ${tables} & {`,
        () =>
          writeMembers(
            out,
            aliases,
            (target, deprecated) =>
              `Omit<${tables}[${target}], "accessorName"> & { readonly accessorName: ${deprecated} }`,
          ),
        '};',
      ),
    '};',
  );
}

export function writeAliasRuntime(out: CodeWriter, aliases: readonly AccessorAlias[]): void {
  const entries = aliases.map(({ deprecated, target }) => `${quoted(deprecated)}: ${quoted(target)},`);
  out.line().block('const tableAccessorAliases = {', () => out.lines(entries), '} as const;');
  out.line().block(
    'function __withTableAccessorAliases<T extends object>(target: T, freeze = false): T {',
    () => {
      out.line('const out = Object.create(Object.getPrototypeOf(target)) as T & Record<string, unknown>;');
      out.line('Object.defineProperties(out, Object.getOwnPropertyDescriptors(target));');
      out.block(
        'for (const [deprecatedAccessor, targetAccessor] of Object.entries(tableAccessorAliases)) {',
        () => {
          out.block('if (deprecatedAccessor in out) {', () => out.line('continue;'), '}');
          out.block(
            'Object.defineProperty(out, deprecatedAccessor, {',
            () => out.lines(['enumerable: true,', 'configurable: false,', 'get: () => out[targetAccessor],']),
            '});',
          );
        },
        '}',
      );
      out.line('return freeze ? Object.freeze(out) : out;');
    },
    '}',
  );
  writeAliasedView(out, aliases, 'DbView', '__DbViewBase', '__DbConnectionImpl<typeof REMOTE_MODULE>["db"]');
  writeAliasedView(out, aliases, 'Tables', '__TablesBase', '__QueryBuilder<typeof tablesSchema.schemaType>');
}

function writeAliasedView(
  out: CodeWriter,
  aliases: readonly AccessorAlias[],
  name: string,
  base: string,
  definition: string,
): void {
  out.line().line(`type ${base} = ${definition};`);
  const member = (target: string): string => `${base}[${target}]`;
  out.block(`export type ${name} = ${base} & {`, () => writeMembers(out, aliases, member), '};');
}

function writeMembers(
  out: CodeWriter,
  aliases: readonly AccessorAlias[],
  typeOf: (target: string, deprecated: string) => string,
): void {
  for (const { deprecated, target } of aliases) {
    out.line(
      `/** @deprecated Use \`${target}\` instead. This alias will be removed in the next major version. */`,
    );
    out.line(`readonly ${quoted(deprecated)}: ${typeOf(quoted(target), quoted(deprecated))};`);
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
