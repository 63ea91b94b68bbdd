/** `index.ts`: the schema of the whole module, and the classes and objects that client code uses. */
import {
  writeAliasRuntime,
  writeSchemaAliases,
  accessorAliases,
  type AccessorAlias,
} from './accessor-aliases.ts';
import { CodeWriter } from './code-writer.ts';
import { invokable, wireName, type Contents } from './contents.ts';
import { writeIndexHeader } from './headers.ts';
import { writeIndexImports } from './index-imports.ts';
import { writeSchemas } from './index-schemas.ts';
import { writeNamespaceTree, type NamespacedEntry } from './namespace-tree.ts';
import { accessor } from './symbols.ts';

export interface Version {
  readonly cliVersion: string;
  readonly commit: string;
}

export function indexFile(root: Contents, submodules: readonly Contents[], version: Version): string {
  const out = new CodeWriter();
  const aliases = accessorAliases(root);
  writeIndexHeader(out, version.cliVersion, version.commit);
  writeIndexImports(out, root, submodules);
  out.line().line('/** Type-only namespace exports for generated type groups. */');
  writeSchemas(out, root, submodules);
  if (aliases.length > 0) writeSchemaAliases(out, aliases);
  writeRemoteModule(out, aliases, version.cliVersion);
  if (aliases.length > 0) writeAliasRuntime(out, aliases);
  writeTables(out, root, submodules, aliases);
  writeFunctions(out, 'reducers', root, submodules);
  writeFunctions(out, 'procedures', root, submodules);
  writeContextTypes(out, aliases);
  writeClasses(out, aliases);
  return out.toString();
}

function writeRemoteModule(out: CodeWriter, aliases: readonly AccessorAlias[], cliVersion: string): void {
  const isAliased = aliases.length > 0;
  const cast = isAliased ? ' as __SchemaWithTableAccessorAliases["tables"]' : '';
  const schemaType = isAliased ? '__SchemaWithTableAccessorAliases' : 'typeof tablesSchema.schemaType';
  out.line().line('/** The remote SpacetimeDB module schema, both runtime and type information. */');
  out.block(
    'const REMOTE_MODULE = {',
    () => {
      out.block('versionInfo: {', () => out.line(`cliVersion: "${cliVersion}" as const,`), '},');
      out.line(`tables: tablesSchema.schemaType.tables${cast},`);
      out.line('reducers: reducersSchema.reducersType.reducers,');
      out.line('...proceduresSchema,');
    },
    '} satisfies __RemoteModule<',
  );
  const parameters = [`${schemaType},`, 'typeof reducersSchema.reducersType,', 'typeof proceduresSchema'];
  out.lines(parameters.map((parameter) => `  ${parameter}`)).line('>;');
}

function writeTables(
  out: CodeWriter,
  root: Contents,
  submodules: readonly Contents[],
  aliases: readonly AccessorAlias[],
): void {
  out.line();
  out.line(
    '/** The tables available in this remote SpacetimeDB module. Each table reference doubles as a query builder. */',
  );
  const build = '__makeQueryBuilder(tablesSchema.schemaType)';
  const nested = submodules.flatMap(({ namespace, tables, views }) =>
    [...tables, ...views].map(({ name, sourceName }) => ({
      namespace,
      line: `${accessor(sourceName)}: __qb["${wireName(namespace, name)}"],`,
    })),
  );
  if (nested.length > 0) {
    const own = [...root.tables, ...root.views].map(({ sourceName }) => accessor(sourceName));
    out.line(`const __qb = ${build};`);
    writeAccessors(out, 'tables', own, '__qb', nested);
  } else if (aliases.length > 0) {
    out.line(`const tablesBase: __TablesBase = ${build};`);
    out.line('export const tables: Tables = __withTableAccessorAliases(tablesBase, true) as Tables;');
  } else {
    out.line(`export const tables: __QueryBuilder<typeof tablesSchema.schemaType> = ${build};`);
  }
}

function writeFunctions(
  out: CodeWriter,
  kind: 'reducers' | 'procedures',
  root: Contents,
  submodules: readonly Contents[],
): void {
  const functionsOf = (contents: Contents) =>
    kind === 'reducers' ? invokable(contents.reducers) : contents.procedures;
  const schema = kind === 'reducers' ? 'reducersSchema.reducersType.reducers' : 'proceduresSchema.procedures';
  const accessors = kind === 'reducers' ? '__reducerAccessors' : '__procedureAccessors';
  const build = `__convertToAccessorMap(${schema})`;
  const nested = submodules.flatMap((submodule) =>
    functionsOf(submodule).map(({ sourceName }) => {
      const key = accessor(sourceName);
      const { namespace } = submodule;
      return { namespace, line: `${key}: ${accessors}["${wireName(namespace, key)}"],` };
    }),
  );
  out.line().line(`/** The ${kind} available in this remote SpacetimeDB module. */`);
  // The real generator checks for any function in a submodule; lifecycle reducers cannot occur there.
  if (nested.length === 0) {
    out.line(`export const ${kind} = ${build};`);
    return;
  }
  out.line(`const ${accessors} = ${build};`);
  const own = functionsOf(root).map(({ sourceName }) => accessor(sourceName));
  writeAccessors(out, kind, own, accessors, nested);
}

function writeAccessors(
  out: CodeWriter,
  name: string,
  own: readonly string[],
  source: string,
  nested: readonly NamespacedEntry[],
): void {
  out.block(
    `export const ${name} = {`,
    () => {
      out.lines(own.map((key) => `${key}: ${source}.${key},`));
      writeNamespaceTree(out, nested);
    },
    '} as const;',
  );
}

function writeContextTypes(out: CodeWriter, aliases: readonly AccessorAlias[]): void {
  const contexts = [
    ['EventContext', 'all possible events'],
    ['ReducerEventContext', 'reducer events'],
    ['SubscriptionEventContext', 'subscription events'],
    ['ErrorContext', 'error events'],
  ] as const;
  out.line();
  for (const [name, events] of contexts) {
    const context = `__${name}Interface<typeof REMOTE_MODULE>`;
    out.line(`/** The context type returned in callbacks for ${events}. */`);
    out.line(
      `export type ${name} = ${aliases.length > 0 ? `Omit<${context}, "db"> & { db: DbView }` : context};`,
    );
  }
  out.line(
    '/** The subscription handle type to manage active subscriptions created from a {@link SubscriptionBuilder}. */',
  );
  out.line('export type SubscriptionHandle = __SubscriptionHandleImpl<typeof REMOTE_MODULE>;');
}

function writeClasses(out: CodeWriter, aliases: readonly AccessorAlias[]): void {
  const remote = 'typeof REMOTE_MODULE';
  const instance = 'the remote SpacetimeDB instance';
  out.line().line(`/** Builder class to configure a new subscription to ${instance}. */`);
  out.line(`export class SubscriptionBuilder extends __SubscriptionBuilderImpl<${remote}> {}`);
  out.line().line(`/** Builder class to configure a new database connection to ${instance}. */`);
  out.line('export class DbConnectionBuilder extends __DbConnectionBuilder<DbConnection> {}');
  out
    .line()
    .line(
      `/** The typed database connection to manage connections to ${instance}. This class has type information specific to the generated module. */`,
    );
  out.block(
    `export class DbConnection extends __DbConnectionImpl<${remote}> {`,
    () => {
      if (aliases.length > 0) writeAliasingConstructor(out);
      out.line(`/** Creates a new {@link DbConnectionBuilder} to configure and connect to ${instance}. */`);
      out.block(
        'static builder = (): DbConnectionBuilder => {',
        () =>
          out.line(
            `return new DbConnectionBuilder(REMOTE_MODULE, (config: __DbConnectionConfig<${remote}>) => new DbConnection(config));`,
          ),
        '};',
      );
      out
        .line()
        .line(`/** Creates a new {@link SubscriptionBuilder} to configure a subscription to ${instance}. */`);
      out.block(
        'override subscriptionBuilder = (): SubscriptionBuilder => {',
        () => out.line('return new SubscriptionBuilder(this);'),
        '};',
      );
    },
    '}',
  );
  out.line();
}

function writeAliasingConstructor(out: CodeWriter): void {
  out.line('declare db: DbView;').line();
  out.block(
    'constructor(config: __DbConnectionConfig<typeof REMOTE_MODULE>) {',
    () => out.lines(['super(config);', 'this.db = __withTableAccessorAliases(this.db) as DbView;']),
    '}',
  );
  out.line();
}
