import { schema, t, table } from 'spacetimedb/server';

const user = table(
  { name: 'user', public: true },
  {
    identity: t.identity().primaryKey(),
    name: t.string().optional(),
    online: t.bool(),
  },
);

const message = table(
  { name: 'message', public: true },
  { sender: t.identity(), sent: t.timestamp().index('btree'), text: t.string() },
);

const blocked = table({ name: 'blocked' }, { identity: t.identity().primaryKey(), reason: t.string() });

const sale = table({ name: 'sale', public: true, event: true }, { itemId: t.u64(), price: t.f64() });

/** Columns of tables whose rows belong to a message. */
const ofMessage = {
  id: t.u64().primaryKey().autoInc(),
  sender: t.identity(),
  sent: t.timestamp().index('btree'),
};

const reply = table(
  { name: 'reply', public: true },
  { ...ofMessage, toSender: t.identity(), toSent: t.timestamp().index('btree') },
);
const reaction = table(
  { name: 'reaction', public: true },
  { ...ofMessage, person: t.identity(), emoji: t.string() },
);
const messageEdit = table({ name: 'message_edit', public: true }, { ...ofMessage, at: t.timestamp() });
const pin = table({ name: 'pin', public: true }, { ...ofMessage, pinnedBy: t.identity(), at: t.timestamp() });
const mention = table(
  { name: 'mention', public: true },
  { ...ofMessage, person: t.identity(), isEveryone: t.bool(), name: t.string() },
);
const messageRule = table(
  { name: 'message_rule', public: true },
  { id: t.u8().primaryKey(), editMinutes: t.u32() },
);
const typing = table(
  { name: 'typing', public: true, event: true },
  { person: t.identity(), isTyping: t.bool() },
);
const version = table({ name: 'version' }, { ...ofMessage, at: t.timestamp(), text: t.string() });
const readMark = table({ name: 'read_mark' }, { identity: t.identity().primaryKey(), sent: t.timestamp() });
const personalBlock = table(
  { name: 'personal_block' },
  { id: t.u64().primaryKey().autoInc(), person: t.identity().index('btree'), blocked: t.identity() },
);
const report = table({ name: 'report' }, { ...ofMessage, reason: t.string() });

const spacetimedb = schema({
  user,
  message,
  blocked,
  sale,
  reply,
  reaction,
  messageEdit,
  pin,
  mention,
  messageRule,
  typing,
  version,
  readMark,
  personalBlock,
  report,
});
export default spacetimedb;
