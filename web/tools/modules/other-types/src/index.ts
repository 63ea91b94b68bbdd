/** A module with the chat's tables, but with another column type in one of them. */
import { Timestamp } from 'spacetimedb';
import { schema, table, t } from 'spacetimedb/server';

const user = table(
  { name: 'user', public: true },
  { identity: t.identity().primaryKey(), name: t.string().optional(), online: t.bool() },
);
const message = table(
  { name: 'message', public: true },
  { sender: t.identity(), sent: t.timestamp(), text: t.u64() },
);

const spacetimedb = schema({ user, message });
export default spacetimedb;

export const init = spacetimedb.init((ctx) => {
  const sent = new Timestamp(ctx.timestamp.microsSinceUnixEpoch);
  ctx.db.message.insert({ sender: ctx.sender, sent, text: 0xffff_ffffn });
});
