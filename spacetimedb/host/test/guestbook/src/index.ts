/** A guest book, the module that docs/module-testing.md tests. */
import { Router, ScheduleAt, SenderError, SyncResponse, schema, table, t } from 'spacetimedb/server';

const entry = table(
  { name: 'entry', public: true },
  { id: t.u64().primaryKey().autoInc(), text: t.string(), writtenBy: t.identity(), writtenAt: t.timestamp() },
);
const guest = table(
  { name: 'guest', public: true },
  { identity: t.identity().primaryKey(), email: t.option(t.string()), online: t.bool() },
);
const cleanup = table(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the types are circular: the reducer takes a row of this table
  { name: 'cleanup', scheduled: (): any => remove_old },
  { id: t.u64().primaryKey().autoInc(), at: t.scheduleAt() },
);

const guestbook = schema({ entry, guest, cleanup });
export default guestbook;

const DAY = 86_400_000_000n;

export const init = guestbook.init((ctx) => {
  ctx.db.cleanup.insert({ id: 0n, at: ScheduleAt.interval(DAY) });
});

export const arrive = guestbook.clientConnected((ctx) => {
  const { sub, email } = (ctx.senderAuth.jwt?.fullPayload ?? {}) as { sub?: string; email?: string };
  if (sub === 'mallory') throw new SenderError('mallory is not welcome');
  const known = ctx.db.guest.identity.find(ctx.sender);
  const row = { identity: ctx.sender, email, online: true };
  if (known) ctx.db.guest.identity.update(row);
  else ctx.db.guest.insert(row);
});

export const leave = guestbook.clientDisconnected((ctx) => {
  const known = ctx.db.guest.identity.find(ctx.sender);
  if (known) ctx.db.guest.identity.update({ ...known, online: false });
});

export const sign = guestbook.reducer({ text: t.string() }, (ctx, { text }) => {
  if (text.trim() === '') throw new SenderError('an entry needs a text');
  ctx.db.entry.insert({ id: 0n, text, writtenBy: ctx.sender, writtenAt: ctx.timestamp });
  console.info('signed:', text);
});

export const erase = guestbook.reducer({ id: t.u64() }, (ctx, { id }) => {
  const found = ctx.db.entry.id.find(id);
  if (!found?.writtenBy.isEqual(ctx.sender)) throw new SenderError('only the author erases an entry');
  ctx.db.entry.id.delete(id);
});

export const remove_old = guestbook.reducer({ row: cleanup.rowType }, (ctx) => {
  const oldest = ctx.timestamp.microsSinceUnixEpoch - 30n * DAY;
  for (const { id, writtenAt } of ctx.db.entry.iter()) {
    if (writtenAt.microsSinceUnixEpoch < oldest) ctx.db.entry.id.delete(id);
  }
});

const Summary = t.object('Summary', { entries: t.u32(), longest: t.option(t.string()) });

/** What the caller has written. */
export const summary = guestbook.procedure(Summary, (ctx) =>
  ctx.withTx((tx) => {
    const texts = [...tx.db.entry.iter()]
      .filter(({ writtenBy }) => writtenBy.isEqual(ctx.sender))
      .map(({ text }) => text);
    return { entries: texts.length, longest: texts.sort((a, b) => b.length - a.length)[0] };
  }),
);

export const show_entries = guestbook.httpHandler((ctx) => {
  const texts = ctx.withTx((tx) => [...tx.db.entry.iter()].map(({ text }) => text));
  return new SyncResponse(JSON.stringify(texts), { headers: { 'content-type': 'application/json' } });
});

export const routes = guestbook.httpRouter(new Router().get('/entries', show_entries));
