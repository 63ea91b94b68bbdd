/**
 * Tables about messages. A message has no id: its author and the time when it was sent identify it, so every table has
 * both. `sent` is indexed, so that clients can subscribe to the same spans of time as for `message`.
 */
import { t, table } from 'spacetimedb/server';

/** Columns that identify the message a row belongs to. */
const ofMessage = {
  id: t.u64().primaryKey().autoInc(),
  sender: t.identity(),
  sent: t.timestamp().index('btree'),
};

/** When a message was last edited: one row per edited message. */
const messageEdit = table({ name: 'message_edit', public: true }, { ...ofMessage, at: t.timestamp() });

/** Which message a message answers. The answered message may have been deleted since. */
const reply = table(
  { name: 'reply', public: true },
  { ...ofMessage, toSender: t.identity(), toSent: t.timestamp().index('btree') },
);

const reaction = table(
  { name: 'reaction', public: true },
  { ...ofMessage, person: t.identity(), emoji: t.string() },
);

const pin = table({ name: 'pin', public: true }, { ...ofMessage, pinnedBy: t.identity(), at: t.timestamp() });

const mention = table(
  { name: 'mention', public: true },
  {
    ...ofMessage,
    /** The mentioned person; for `@everyone`, the author. */
    person: t.identity().index('btree'),
    isEveryone: t.bool(),
    /** As typed, without the `@`. */
    name: t.string(),
  },
);

/** The owner's rules for messages: one row with id 0, or none while the defaults apply. */
const messageRule = table(
  { name: 'message_rule', public: true },
  {
    id: t.u8().primaryKey(),
    /** How long after sending it a message can be edited; 0 for no limit. */
    editMinutes: t.u32(),
  },
);

/** Who begins and stops typing. An event table: its rows go to subscribers and are not stored. */
const typing = table(
  { name: 'typing', public: true, event: true },
  { person: t.identity(), isTyping: t.bool() },
);

/** Earlier texts of edited messages. */
const messageVersion = table(
  { name: 'message_version' },
  {
    ...ofMessage,
    /** When the text was replaced. */
    at: t.timestamp(),
    text: t.string(),
  },
);

/** The last message that each person has read. */
const readMark = table({ name: 'read_mark' }, { identity: t.identity().primaryKey(), sent: t.timestamp() });

/** Whose messages a person does not want to see. */
const block = table(
  { name: 'block' },
  {
    id: t.u64().primaryKey().autoInc(),
    person: t.identity().index('btree'),
    blocked: t.identity(),
  },
);

/** Messages that were reported to the moderators, with the text at that time. */
const report = table(
  { name: 'report' },
  {
    ...ofMessage,
    at: t.timestamp(),
    reporter: t.identity().index('btree'),
    text: t.string(),
    reason: t.string(),
  },
);

/** How fast each person has been searching. */
const searchPace = table(
  { name: 'search_pace' },
  {
    identity: t.identity().primaryKey(),
    /** See `pace`. */
    paidUntil: t.timestamp(),
  },
);

export const messageTables = {
  messageEdit,
  reply,
  reaction,
  pin,
  mention,
  messageRule,
  typing,
  messageVersion,
  readMark,
  block,
  report,
  searchPace,
};
