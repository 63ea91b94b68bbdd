/** A shopping list shared by everyone who opens it: the module of the list examples. */
import { schema, SenderError, t, table } from 'spacetimedb/server';

const TEXT_MAX_LENGTH = 80;

const item = table(
  { name: 'item', public: true },
  {
    id: t.u64().primaryKey().autoInc(),
    text: t.string(),
    done: t.bool(),
  },
);

const spacetimedb = schema({ item });
export default spacetimedb;

/** The text of a `SenderError` is shown to the caller. */
export const add = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
  const trimmed = text.trim();
  if (trimmed === '') throw new SenderError('Write down what is needed');
  if (trimmed.length > TEXT_MAX_LENGTH) {
    throw new SenderError(`At most ${TEXT_MAX_LENGTH} characters, please`);
  }
  for (const other of ctx.db.item.iter()) {
    if (!other.done && other.text.toLowerCase() === trimmed.toLowerCase()) {
      throw new SenderError(`“${other.text}” is on the list already`);
    }
  }
  ctx.db.item.insert({ id: 0n, text: trimmed, done: false });
});

/** Sets the state instead of toggling it: two people may tick the same item at once. */
export const set_done = spacetimedb.reducer({ id: t.u64(), done: t.bool() }, (ctx, { id, done }) => {
  const found = ctx.db.item.id.find(id);
  if (!found) throw new SenderError('Somebody has removed this');
  ctx.db.item.id.update({ ...found, done });
});

/** Removing an item twice is not an error: two people may do so at once. */
export const remove = spacetimedb.reducer({ id: t.u64() }, (ctx, { id }) => {
  ctx.db.item.id.delete(id);
});
