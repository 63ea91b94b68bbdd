/**
 * A module with features that the chat does not use: auto-increment keys, joins, event tables, and a column of every
 * kind.
 */
import { schema, SenderError, t, table } from 'spacetimedb/server';

const author = table(
  { name: 'author', public: true },
  { id: t.u32().primaryKey().autoInc(), name: t.string().unique(), active: t.bool() },
);

const book = table(
  {
    name: 'book',
    public: true,
    indexes: [{ accessor: 'by_author_and_year', algorithm: 'btree', columns: ['authorId', 'year'] }],
  },
  { id: t.u64().primaryKey().autoInc(), authorId: t.u32().index('btree'), title: t.string(), year: t.i32() },
);

const sale = table({ name: 'sale', public: true, event: true }, { bookId: t.u64(), price: t.f64() });

const Shape = t.enum('Shape', { Dot: t.unit(), Circle: t.f64(), Label: t.string() });
const Point = t.object('Point', { x: t.i32(), y: t.i32() });

const specimen = table(
  { name: 'specimen', public: true },
  {
    id: t.string().primaryKey(),
    small: t.i8(),
    huge: t.u256(),
    ratio: t.f32(),
    bytes: t.byteArray(),
    tags: t.array(t.string()),
    note: t.option(t.string()),
    shape: Shape,
    place: Point,
    by: t.identity(),
    connection: t.connectionId(),
    at: t.timestamp(),
    took: t.timeDuration(),
    key: t.uuid(),
  },
);

const secret = table({ name: 'secret' }, { text: t.string() });

const spacetimedb = schema({ author, book, sale, specimen, secret });
export default spacetimedb;

export const add_author = spacetimedb.reducer({ name: t.string() }, (ctx, { name }) => {
  ctx.db.author.insert({ id: 0, name, active: true });
});

export const set_active = spacetimedb.reducer(
  { name: t.string(), active: t.bool() },
  (ctx, { name, active }) => {
    const found = ctx.db.author.name.find(name);
    if (!found) throw new SenderError(`there is no author ${name}`);
    ctx.db.author.id.update({ ...found, active });
  },
);

export const add_book = spacetimedb.reducer(
  { author: t.string(), title: t.string(), year: t.i32() },
  (ctx, { author: name, title, year }) => {
    const found = ctx.db.author.name.find(name);
    if (!found) throw new SenderError(`there is no author ${name}`);
    ctx.db.book.insert({ id: 0n, authorId: found.id, title, year });
  },
);

export const remove_books = spacetimedb.reducer(
  { author: t.string(), year: t.i32() },
  (ctx, { author: name, year }) => {
    const found = ctx.db.author.name.find(name);
    if (found) ctx.db.book.by_author_and_year.delete([found.id, year]);
  },
);

export const sell = spacetimedb.reducer({ bookId: t.u64(), price: t.f64() }, (ctx, { bookId, price }) => {
  ctx.db.sale.insert({ bookId, price });
  if (price < 0) throw new SenderError('a price is not negative');
});

export const add_specimen = spacetimedb.reducer(
  { id: t.string(), huge: t.u256(), note: t.option(t.string()), shape: Shape, place: Point },
  (ctx, { id, huge, note, shape, place }) => {
    if (!ctx.connectionId) throw new SenderError('for clients only');
    ctx.db.specimen.insert({
      id,
      huge,
      note,
      shape,
      place,
      small: -128,
      ratio: 0.5,
      bytes: new Uint8Array([0, 127, 128, 255]),
      tags: ['', 'ä', '👋'],
      by: ctx.sender,
      connection: ctx.connectionId,
      at: ctx.timestamp,
      took: ctx.timestamp.since(ctx.timestamp),
      key: ctx.newUuidV7(),
    });
  },
);
