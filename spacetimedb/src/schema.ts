import { schema, t, table, type InferSchema, type ProcedureCtx, type ReducerCtx } from 'spacetimedb/server';
import { messageTables } from './message-tables.ts';

// `user` and `message` have exactly the shape of SpacetimeDB's chat tutorial, so that other clients and modules of the
// tutorial work with ours. `member` and `room_title` are public too. Everything else here is private.

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
  {
    sender: t.identity(),
    // Clients subscribe to a range of `sent`; the index makes those subscriptions cheap.
    sent: t.timestamp().index('btree'),
    text: t.string(),
  },
);

/** When each person first chose a name or wrote. Clients ask for one row at a time. */
const member = table(
  { name: 'member', public: true },
  {
    identity: t.identity().primaryKey(),
    since: t.timestamp(),
  },
);

/** The owner's name for the room: one row with id 0, or none. */
const roomTitle = table(
  { name: 'room_title', public: true },
  {
    id: t.u8().primaryKey(),
    title: t.string(),
  },
);

/**
 * One row per open connection. `user.online` is a single boolean, so without this table closing one of two tabs would
 * set the user offline. The row is written in the transaction that records the connection itself, so after a crash,
 * when the server disconnects all recorded clients, both are removed.
 */
const liveConnection = table(
  { name: 'live_connection' },
  {
    connectionId: t.connectionId().primaryKey(),
    identity: t.identity().index('btree'),
  },
);

/** Names in use, by `nameKey`. */
const claimedName = table(
  { name: 'claimed_name' },
  {
    key: t.string().primaryKey(),
    identity: t.identity().unique(),
  },
);

/** The looks of names in use: two rows per name, see `nameLooks`. */
const claimedLook = table(
  { name: 'claimed_look' },
  {
    look: t.string().primaryKey(),
    identity: t.identity().index('btree'),
  },
);

/** People with a name who are away. */
const absence = table(
  { name: 'absence' },
  {
    identity: t.identity().primaryKey(),
    since: t.timestamp(),
    isSignedOut: t.bool(),
  },
);

/** When names are released: one row with id 0, or none while the default applies. */
const nameRule = table(
  { name: 'name_rule' },
  {
    id: t.u8().primaryKey(),
    awayDays: t.u32(),
  },
);

/** How fast each person has been writing. Everyone who ever chose a name or wrote has a row. */
const pace = table(
  { name: 'pace' },
  {
    identity: t.identity().primaryKey(),
    firstSeen: t.timestamp(),
    /** When everything they sent is paid for at their rate (see `bucket.ts`). */
    paidUntil: t.timestamp(),
    lastText: t.u32(),
    lastSent: t.timestamp(),
    /** How often in a row they have sent `lastText`. */
    repeats: t.u32(),
  },
);

/** The limits per person that the owner can set. */
export const floodLimitColumns = {
  burst: t.u32(),
  perMinute: t.u32(),
  newcomerBurst: t.u32(),
  newcomerPerMinute: t.u32(),
  newcomerMinutes: t.u32(),
  repeats: t.u32(),
  connections: t.u32(),
};

/** The owner's settings: one row with id 0, or none while the defaults apply. */
const floodLimits = table(
  { name: 'flood_limits' },
  {
    id: t.u8().primaryKey(),
    ...floodLimitColumns,
  },
);

/** The limits of the whole room that the owner can set. */
export const roomLimitColumns = {
  messagesPerSecond: t.u32(),
  messageBurst: t.u32(),
  namesPerMinute: t.u32(),
};

/** The owner's settings: one row with id 0, or none while the defaults apply. */
const roomLimits = table(
  { name: 'room_limits' },
  {
    id: t.u8().primaryKey(),
    ...roomLimitColumns,
  },
);

/** How fast the room has been writing (id 0), taking new names (id 1) and reacting (id 2). */
const roomPace = table(
  { name: 'room_pace' },
  {
    id: t.u8().primaryKey(),
    /** See `pace`. */
    paidUntil: t.timestamp(),
  },
);

/** When newcomers may write: one row with id 0, or none while they may at once. */
const admission = table(
  { name: 'admission_policy' },
  {
    id: t.u8().primaryKey(),
    /** `wait` or `approve`. */
    policy: t.string(),
    /** How long newcomers wait, for `wait`. */
    minutes: t.u32(),
  },
);

/** People who chose a name under an admission policy and have not been admitted yet. */
const newcomer = table(
  { name: 'newcomer' },
  {
    identity: t.identity().primaryKey(),
    since: t.timestamp().index('btree'),
  },
);

/**
 * One-time migrations of data from older versions: id 0 after silent visitors were deleted, id 1 after the absence of
 * everyone who is away was recorded.
 */
const tidied = table({ name: 'tidied' }, { id: t.u8().primaryKey() });

/** The owner and the moderators. `role` is text, not an enum, so that the owner can insert a row by SQL. */
const staff = table(
  { name: 'staff' },
  {
    identity: t.identity().primaryKey(),
    /** `owner` or `moderator`. Views can read a table only through an index, so this column and others have one. */
    role: t.string().index('btree'),
  },
);

const mute = table(
  { name: 'mute' },
  {
    identity: t.identity().primaryKey(),
    until: t.timestamp().index('btree'),
    reason: t.string(),
  },
);

const ban = table(
  { name: 'ban' },
  {
    identity: t.identity().primaryKey(),
    since: t.timestamp().index('btree'),
    reason: t.string(),
  },
);

/** The record of an action of the owner or a moderator. */
export const actColumns = {
  id: t.u64().primaryKey().autoInc(),
  at: t.timestamp(),
  actor: t.identity(),
  /** The name of the reducer. */
  action: t.string(),
  /** The person that it affected. */
  subject: t.identity(),
  /** When the affected message was sent. */
  sent: t.timestamp().optional(),
  /** When the mute ends. */
  until: t.timestamp().optional(),
  reason: t.string(),
};

/** Everything that the owner and the moderators did. */
const moderationAct = table(
  { name: 'moderation_act' },
  {
    ...actColumns,
    /** Number of a page of the record. Views read whole pages, so they stay small as the record grows. */
    page: t.u32().index('btree'),
  },
);

/**
 * Messages that moderators deleted, by the act that deleted them. Kept as long as messages are, so that they can be
 * restored.
 */
const deletedMessage = table(
  { name: 'deleted_message' },
  {
    act: t.u64().primaryKey(),
    sender: t.identity(),
    sent: t.timestamp().index('btree'),
    text: t.string(),
  },
);

/** One row with id 1 while a limit on messages is set, otherwise none. */
export const retention = table(
  { name: 'retention' },
  {
    id: t.u64().primaryKey(),
    runs: t.scheduleAt(),
    /** 0 for no limit. */
    keepMessages: t.u32(),
    /** 0 for no limit. */
    keepDays: t.u32(),
    /** No message is older. */
    oldest: t.timestamp(),
    /** The time span of the last scan, in microseconds. */
    span: t.u64(),
  },
);

const spacetimedb = schema({
  user,
  message,
  member,
  roomTitle,
  liveConnection,
  claimedName,
  claimedLook,
  absence,
  nameRule,
  pace,
  floodLimits,
  roomLimits,
  roomPace,
  admission,
  newcomer,
  tidied,
  staff,
  mute,
  ban,
  moderationAct,
  deletedMessage,
  retention,
  ...messageTables,
});
export default spacetimedb;

export type Schema = InferSchema<typeof spacetimedb>;
export type Ctx = ReducerCtx<Schema>;
export type ProcedureContext = ProcedureCtx<Schema>;
