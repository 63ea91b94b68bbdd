import { createHash } from 'node:crypto';
import { AlgebraicType } from 'spacetimedb';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveModuleDef, resolveRawModuleDef } from '../../engine/schema/resolve.ts';
import {
  btree,
  option,
  product,
  RawModuleBuilder,
  special,
  sum,
  unit,
} from '../../engine/schema/testing/raw-module-builder.ts';
import { describeModule } from '../testing/describe-module.ts';
import { moduleTest } from '../testing/module-test.ts';
import { generateTypescript, type GenerateOptions } from './generate.ts';

const { String: Text, U32, U64, U8 } = AlgebraicType;

function generate(module: RawModuleBuilder, options: Partial<GenerateOptions> = {}): Map<string, string> {
  return generateTypescript(resolveRawModuleDef(module.build()), { cliVersion: '2.8.3', ...options });
}

/** A file without its banner and imports from the library. */
function body(files: ReadonlyMap<string, string>, path: string): string {
  const text = files.get(path) ?? `no ${path}`;
  return text.slice(text.indexOf('from "spacetimedb";\n') + 'from "spacetimedb";\n'.length);
}

describe('module-test of the real server', () => {
  /**
   * SHA-256 of each file in `crates/codegen/tests/snapshots/codegen__codegen_typescript.snap` at version 2.8.3. The
   * comment that names the version is replaced by `VERSION_COMMENT` there.
   */
  const SNAPSHOT = {
    'add_player_reducer.ts': 'b8b245e5d36097a2',
    'add_private_reducer.ts': 'b8b245e5d36097a2',
    'add_reducer.ts': '9b073284dcc894d3',
    'assert_caller_identity_is_module_identity_reducer.ts': 'd03a53c3e6123d4b',
    'delete_player_reducer.ts': 'd9b334d0fbb30274',
    'delete_players_by_name_reducer.ts': 'b8b245e5d36097a2',
    'get_my_schema_via_http_procedure.ts': '3a7bc4ba383c3031',
    'index.ts': 'bed03565bf2f5526',
    'list_over_age_reducer.ts': 'b34bd534f2679052',
    'log_module_identity_reducer.ts': 'd03a53c3e6123d4b',
    'logged_out_player_table.ts': '4cdd4fd6d7c4ec30',
    'my_player_table.ts': '4bb3e6aae6e55369',
    'person_table.ts': '4ce358d087fdbbe2',
    'player_table.ts': '4cdd4fd6d7c4ec30',
    'query_private_reducer.ts': 'd03a53c3e6123d4b',
    'return_value_procedure.ts': 'fd344591e2497842',
    'say_hello_reducer.ts': 'd03a53c3e6123d4b',
    'sleep_one_second_procedure.ts': '5693ea9e56ed5ad9',
    'test_btree_index_args_reducer.ts': 'd03a53c3e6123d4b',
    'test_d_table.ts': '5fcf74ab709f7259',
    'test_f_table.ts': 'fd7dff6d16388454',
    'test_reducer.ts': '6ad5379bc61e98fd',
    'types.ts': 'cfcd22689ba243d3',
    'types/procedures.ts': '5e05862ee3f4fa33',
    'types/reducers.ts': 'fb7de17e553506f8',
    'with_tx_procedure.ts': '5693ea9e56ed5ad9',
  };

  it('the bindings are byte for byte those of the real generator', () => {
    const files = generate(moduleTest());
    const version = /^\/\/ This was generated using spacetimedb cli version \d+\.\d+\.\d+ .*$/m;
    const hashes = [...files].map(([path, text]) => [
      path,
      createHash('sha256').update(text.replace(version, 'VERSION_COMMENT')).digest('hex').slice(0, 16),
    ]);
    expect(Object.fromEntries(hashes)).toEqual(SNAPSHOT);
  });

  it('the bindings name the given version and commit', () => {
    const index = generate(moduleTest(), { cliVersion: '2.9.0', commit: 'abc123' }).get('index.ts');
    expect(index).toContain('\n// This was generated using spacetimedb cli version 2.9.0 (commit abc123).\n');
    expect(index).toContain('    cliVersion: "2.9.0" as const,\n');
  });

  it('private tables and functions are generated only on request', () => {
    const paths = [...generate(moduleTest(), { includePrivate: true }).keys()];
    expect(paths).toEqual(expect.arrayContaining(['points_table.ts', 'repeating_test_reducer.ts']));
    expect(paths).toContain('client_connected_reducer.ts');
    expect(paths).not.toContain('init_reducer.ts');
    const index = generate(moduleTest(), { includePrivate: true }).get('index.ts');
    expect(index).toContain('__reducerSchema("repeating_test", RepeatingTestReducer),');
    expect(index).not.toContain('ClientConnected');
    expect(index).toContain("columns: [\n        'x',\n        'y',\n      ] },");
  });
});

describe("SpacetimeDB's chat tutorial", () => {
  let files: Map<string, string>;

  beforeAll(async () => {
    const tutorial = `
      import { schema, t, table } from 'spacetimedb/server';
      const user = table({ name: 'user', public: true }, {
        identity: t.identity().primaryKey(), name: t.string().optional(), online: t.bool(),
      });
      const message = table({ name: 'message', public: true }, {
        sender: t.identity(), sent: t.timestamp(), text: t.string(),
      });
      const spacetimedb = schema({ user, message });
      export default spacetimedb;
      export const set_name = spacetimedb.reducer({ name: t.string() }, () => {});
      export const send_message = spacetimedb.reducer({ text: t.string() }, () => {});
      export const init = spacetimedb.init(() => {});
      export const onConnect = spacetimedb.clientConnected(() => {});
      export const onDisconnect = spacetimedb.clientDisconnected(() => {});
    `;
    const def = resolveModuleDef(await describeModule(tutorial));
    files = generateTypescript(def, { cliVersion: '2.8.3' });
  });

  it('the bindings of the tutorial have the files of its template', () => {
    expect([...files.keys()].sort()).toEqual([
      'index.ts',
      'message_table.ts',
      'send_message_reducer.ts',
      'set_name_reducer.ts',
      'types.ts',
      'types/procedures.ts',
      'types/reducers.ts',
      'user_table.ts',
    ]);
  });

  it('the bindings of the tutorial have its rows, arguments and types', () => {
    expect(body(files, 'user_table.ts')).toBe(
      [
        '',
        'export default __t.row({',
        '  identity: __t.identity().primaryKey(),',
        '  name: __t.option(__t.string()),',
        '  online: __t.bool(),',
        '});',
        '',
      ].join('\n'),
    );
    expect(body(files, 'send_message_reducer.ts')).toBe('\nexport default {\n  text: __t.string(),\n};\n');
    // The SDK names the parameters of a reducer after the reducer; that type is not generated.
    expect(body(files, 'types.ts').match(/export const \w+/g)).toEqual([
      'export const Message',
      'export const User',
    ]);
    expect(body(files, 'types/procedures.ts')).toBe('\n// Import all procedure arg schemas\n\n\n');
  });

  it("the index of the tutorial's bindings has its schema", () => {
    const index = body(files, 'index.ts');
    expect(index).toContain(
      [
        '// Import all reducer arg schemas',
        'import SendMessageReducer from "./send_message_reducer";',
        'import SetNameReducer from "./set_name_reducer";',
        '',
        '// Import all procedure arg schemas',
        '',
        '// Import all table schema definitions',
        'import MessageRow from "./message_table";',
        'import UserRow from "./user_table";',
        '',
      ].join('\n'),
    );
    expect(index).toContain(
      [
        '  user: __table({',
        "    name: 'user',",
        '    indexes: [',
        "      { accessor: 'identity', name: 'user_identity_idx_btree', algorithm: 'btree', columns: [",
        "        'identity',",
        '      ] },',
        '    ],',
        '    constraints: [',
        "      { name: 'user_identity_key', constraint: 'unique', columns: ['identity'] },",
        '    ],',
        '  }, UserRow),',
      ].join('\n'),
    );
    expect(index).toContain('export const tables: __QueryBuilder<typeof tablesSchema.schemaType> =');
    expect(index).not.toContain('Aliases');
  });
});

describe('other features', () => {
  it('event tables, hash indexes and indexes without an accessor are generated', () => {
    const module = new RawModuleBuilder().table(
      'shot',
      { at: U32, by: U32 },
      {
        isPublic: true,
        isEvent: true,
        indexes: [
          { sourceName: 'a', accessorName: 'byShooter', algorithm: { tag: 'Hash', value: [1] } },
          { sourceName: 'b', accessorName: undefined, algorithm: btree(0) },
        ],
      },
    );
    expect(body(generate(module), 'index.ts')).toContain(
      [
        '  shot: __table({',
        "    name: 'shot',",
        '    indexes: [',
        "      { accessor: 'byShooter', name: 'shot_by_idx_hash', algorithm: 'btree', columns: [",
        "        'by',",
        '      ] },',
        '    ],',
        '    constraints: [',
        '    ],',
        '    event: true,',
        '  }, ShotRow),',
      ].join('\n'),
    );
  });

  it('types of every shape are generated', () => {
    const module = new RawModuleBuilder();
    const node = module.type(
      'TreeNode',
      sum({ leaf: U8, inner: { tag: 'Array', value: { tag: 'Ref', value: 0 } } }),
    );
    const empty = module.type('Empty', product({}));
    const alias = module.anonymousType({ tag: 'Array', value: node });
    module.type(
      'Everything',
      product({
        ids: { tag: 'Array', value: special.uuid },
        bytes: { tag: 'Array', value: U8 },
        outcome: sum({ ok: U64, err: option(Text) }),
        waited: special.timeDuration,
        nothing: unit,
        never: sum({}),
        empty,
        forest: alias,
      }),
    );
    expect(body(generate(module), 'types.ts')).toBe(
      [
        '',
        'export const Empty = __t.object("Empty", {});',
        'export type Empty = __Infer<typeof Empty>;',
        '',
        'export const Everything = __t.object("Everything", {',
        '  ids: __t.array(__t.uuid()),',
        '  bytes: __t.byteArray(),',
        '  outcome: __t.result(__t.u64(), __t.option(__t.string())),',
        '  waited: __t.timeDuration(),',
        '  nothing: __t.unit(),',
        '  never: __t.never(),',
        '  get empty() {',
        '    return Empty;',
        '  },',
        '  get forest() {',
        '    return __t.array(TreeNode);',
        '  },',
        '});',
        'export type Everything = __Infer<typeof Everything>;',
        '',
        '// The tagged union or sum type for the algebraic type `TreeNode`.',
        'export const TreeNode = __t.enum("TreeNode", {',
        '  Leaf: __t.u8(),',
        '  get Inner() {',
        '    return __t.array(TreeNode);',
        '  },',
        '});',
        'export type TreeNode = __Infer<typeof TreeNode>;',
        '',
        '',
      ].join('\n'),
    );
  });

  it('files and symbols use source names, strings use explicit canonical names', () => {
    const module = new RawModuleBuilder()
      .table('chatUser', { displayName: Text }, { isPublic: true })
      .explicitName('Table', 'chatUser', 'people')
      .reducer('renameMe', { newName: Text })
      .explicitName('Function', 'renameMe', 'rename');
    const files = generate(module);
    expect(files.has('chat_user_table.ts')).toBe(true);
    expect(body(files, 'chat_user_table.ts')).toContain('  displayName: __t.string().name("display_name"),');
    expect(body(files, 'index.ts')).toContain("  chatUser: __table({\n    name: 'people',");
    expect(body(files, 'index.ts')).toContain('  __reducerSchema("rename", RenameMeReducer),');
    expect(body(files, 'rename_me_reducer.ts')).toContain('  newName: __t.string(),');
  });

  it('submodules have files in a folder, prefixed names and nested accessors', () => {
    const inner = new RawModuleBuilder()
      .table('deepThing', { id: U32 }, { isPublic: true })
      .reducer('touch', {}, { isPrivate: true });
    const lib = new RawModuleBuilder()
      .table('libData', { id: U32 }, { isPublic: true })
      .table('secret', { id: U32 })
      .reducer('libInsert', { value: Text })
      .procedure('libCount', {}, U64)
      .section({ tag: 'Submodules', value: [{ namespace: 'deep', module: inner.build() }] });
    const root = new RawModuleBuilder()
      .table('user', { id: U32 }, { isPublic: true })
      .reducer('hello')
      .section({ tag: 'Submodules', value: [{ namespace: 'lib', module: lib.build() }] });
    const files = generate(root);
    expect([...files.keys()].filter((path) => path.startsWith('lib/')).sort()).toEqual([
      'lib/deep/deep_thing_table.ts',
      'lib/deep/types.ts',
      'lib/lib_count_procedure.ts',
      'lib/lib_data_table.ts',
      'lib/lib_insert_reducer.ts',
      'lib/types.ts',
    ]);
    const index = body(files, 'index.ts');
    expect(index).toContain('import LibDeep_DeepThingRow from "./lib/deep/deep_thing_table";\n');
    expect(index).toContain('  "lib.lib_data": __table({\n    name: \'lib.lib_data\',');
    expect(index).toContain('  __reducerSchema("lib.lib_insert", Lib_LibInsertReducer),');
    expect(index).toContain(
      [
        'const __qb = __makeQueryBuilder(tablesSchema.schemaType);',
        'export const tables = {',
        '  user: __qb.user,',
        '  lib: {',
        '    libData: __qb["lib.lib_data"],',
        '    deep: {',
        '      deepThing: __qb["lib.deep.deep_thing"],',
        '    },',
        '  },',
        '} as const;',
      ].join('\n'),
    );
    expect(index).toContain(
      [
        'export const reducers = {',
        '  hello: __reducerAccessors.hello,',
        '  lib: {',
        '    libInsert: __reducerAccessors["lib.libInsert"],',
        '  },',
        '} as const;',
      ].join('\n'),
    );
    expect(index).toContain('    libCount: __procedureAccessors["lib.libCount"],');
  });
});
