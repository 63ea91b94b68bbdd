import * as sdk from 'spacetimedb';
import { expect, it } from 'vitest';
import * as ours from './index.ts';
import { reducerSchema, schema, table } from './schema.ts';
import * as t from './types.ts';

it('calls reducers by the names that the SDK calls them by', () => {
  for (const name of [
    'set_name',
    'send-message',
    'a__b',
    'Shout',
    'already',
    'with_2_digits',
    'trailing_',
    '_x',
  ]) {
    expect(reducerSchema(name, {}).accessorName).toBe(sdk.reducerSchema(name, {}).accessorName);
  }
});

it('describes tables as the SDK does, as far as it is asked', () => {
  const describe = (from: { schema: unknown; table: unknown; t: unknown }) => {
    const { schema, table, t } = from as typeof sdk;
    const { bigSale, user } = schema({
      user: table(
        { name: 'user', indexes: [], constraints: [] },
        t.row({ identity: t.identity().primaryKey(), deletedText: t.string().name('deleted_text') }),
      ),
      bigSale: table({ name: 'big_sale', event: true }, t.row({ id: t.u64() })),
    }).schemaType.tables;
    return [bigSale, user].map(({ sourceName, accessorName, columns, isEvent = false }) => ({
      sourceName,
      accessorName,
      isEvent,
      columns: Object.entries(columns).map(([name, { columnMetadata }]) => ({
        name,
        isPrimaryKey: 'isPrimaryKey' in columnMetadata,
        sourceName: 'name' in columnMetadata ? columnMetadata.name : undefined,
      })),
    }));
  };
  expect(describe({ schema, table, t })).toEqual(describe(sdk));
});

it('has the SDK build queries over its tables', () => {
  const text = (from: { schema: unknown; table: unknown; t: unknown; makeQueryBuilder: unknown }): string => {
    const { schema, table, t, makeQueryBuilder } = from as typeof sdk;
    const row = t.row({ identity: t.identity().primaryKey(), online: t.bool() });
    const { schemaType } = schema({ user: table({ name: 'user' }, row) });
    return sdk.toSql(makeQueryBuilder(schemaType).user.where((user) => user.online.eq(true)));
  };
  expect(text(ours)).toBe(text(sdk));
});
