import { t } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { findSchemaMismatch, type ExpectedTable } from './schema-check.ts';

type Columns = readonly (readonly [name: string | undefined, type: unknown])[];

/** A table of the bindings. */
const expectedTable = (
  sourceName: string,
  columns: Columns,
  renamed: Record<string, string> = {},
): ExpectedTable => ({
  sourceName,
  rowType: { elements: columns.map(([name, algebraicType]) => ({ name, algebraicType })) },
  columns: Object.fromEntries(
    columns.map(([name = '']) => {
      const actual = renamed[name];
      return [name, { columnMetadata: actual === undefined ? {} : { name: actual } }];
    }),
  ),
});

/** A row type of the server. */
const product = (...columns: Columns) => ({
  Product: {
    elements: columns.map(([name, algebraic_type]) => ({
      name: name === undefined ? { none: [] } : { some: name },
      algebraic_type,
    })),
  },
});
const sum = (...columns: Columns) => ({ Sum: { variants: product(...columns).Product.elements } });

/** Answers with a database whose table `book` has the first of `types`. */
const answer = (...types: unknown[]) =>
  Response.json({ typespace: { types }, tables: [{ name: 'book', product_type_ref: 0 }] });

const compare = (tables: readonly ExpectedTable[], response: Response) =>
  findSchemaMismatch(tables, 'ws://chat.example', 'chat', () => Promise.resolve(response));

const text = t.string().algebraicType;
const number = t.u32().algebraicType;
const [TEXT, NUMBER] = [{ String: [] }, { U32: [] }];

it('asks the server over HTTP for the schema of the database', async () => {
  const get = vi.fn(() => Promise.resolve(answer(product())));
  await findSchemaMismatch([], 'wss://chat.example/below/', 'my chat', get);
  expect(get).toHaveBeenCalledExactlyOnceWith(
    new URL('https://chat.example/below/v1/database/my%20chat/schema?version=9'),
  );
});

it('finds no mismatch when the server does not describe the database', async () => {
  const missing = new Response('no such database', { status: 404 });
  expect(await compare([expectedTable('book', [])], missing)).toBeUndefined();
});

const title = ['title', text] as const;
const pages = ['pages', number] as const;

it.each<[string, Columns, Columns, string | undefined]>([
  [
    'the same',
    [title, pages],
    [
      ['title', TEXT],
      ['pages', NUMBER],
    ],
    undefined,
  ],
  ['fewer', [title, pages], [['title', TEXT]], 'has no column “pages”'],
  [
    'of another type',
    [title, pages],
    [
      ['title', TEXT],
      ['pages', TEXT],
    ],
    'has a column “pages” of another type',
  ],
  [
    'more',
    [title],
    [
      ['title', TEXT],
      ['pages', NUMBER],
    ],
    'has another column, “pages”',
  ],
  [
    'in another order',
    [['isbn', text], title, pages],
    [
      ['isbn', TEXT],
      ['pages', NUMBER],
      ['title', TEXT],
    ],
    'has its columns in another order',
  ],
  ['without names', [[undefined, text]], [[undefined, TEXT]], undefined],
])('compares the columns of a table that are %s', async (_, expected, actual, difference) => {
  expect(await compare([expectedTable('book', expected)], answer(product(...actual)))).toBe(
    difference && `its table “book” ${difference}`,
  );
});

it('compares a renamed column by its name in the database', async () => {
  const renamed = expectedTable('book', [['pageCount', number]], { pageCount: 'page_count' });
  expect(await compare([renamed], answer(product(['page_count', NUMBER])))).toBeUndefined();
  expect(await compare([renamed], answer(product(['pageCount', NUMBER])))).toBe(
    'its table “book” has no column “page_count”',
  );
});

const point = t.object('Point', { x: t.u32(), y: t.string() }).algebraicType;
it.each<[string, unknown, unknown, boolean]>([
  ['array', t.array(t.u32()).algebraicType, { Array: NUMBER }, true],
  ['array', t.array(t.u32()).algebraicType, { Array: TEXT }, false],
  ['option', t.option(t.u32()).algebraicType, sum(['some', NUMBER], ['none', product()]), true],
  ['option', t.option(t.u32()).algebraicType, sum(['some', TEXT], ['none', product()]), false],
  ['object', point, product(['a', NUMBER], ['b', TEXT]), true],
  ['object', point, product(['x', TEXT], ['y', NUMBER]), false],
  ['object', point, product(['x', NUMBER]), false],
  ['object', point, sum(['x', NUMBER], ['y', TEXT]), false],
])('compares the parts of an %s, and not what they are called', async (_, expected, actual, isSame) => {
  const book = expectedTable('book', [['value', expected]]);
  const difference = isSame ? undefined : 'its table “book” has a column “value” of another type';
  expect(await compare([book], answer(product(['value', actual])))).toBe(difference);
  // The server may describe it elsewhere.
  expect(await compare([book], answer(product(['value', { Ref: 1 }]), actual))).toBe(difference);
});

it('compares types that hold themselves', async () => {
  const tree: { tag: string; value?: unknown } = { tag: 'Array' };
  tree.value = { tag: 'Product', value: { elements: [{ name: 'below', algebraicType: tree }] } };
  const book = expectedTable('book', [['tree', tree]]);
  const root = product(['tree', { Ref: 1 }]);
  expect(await compare([book], answer(root, { Array: product(['below', { Ref: 1 }]) }))).toBeUndefined();
  expect(await compare([book], answer(root, { Array: sum(['below', { Ref: 1 }]) }))).toBe(
    'its table “book” has a column “tree” of another type',
  );
});

it('compares the other tables when one is a view or has no row type', async () => {
  const view = expectedTable('newest', [title]);
  const untyped: ExpectedTable = { sourceName: 'book', rowType: {}, columns: {} };
  const missing = expectedTable('author', [title]);
  const schema = {
    typespace: { types: [product()] },
    tables: [{ name: 'book', product_type_ref: 0 }],
    misc_exports: [{}, { Procedure: { name: 'author_of' } }, { View: { name: 'newest' } }],
  };
  expect(await compare([view, untyped], Response.json(schema))).toBeUndefined();
  expect(await compare([view, untyped, missing], Response.json(schema))).toBe('it has no table “author”');
});
