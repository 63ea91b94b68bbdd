import { schema, t, table, type InferSchema, type ReducerCtx } from 'spacetimedb/server';

// The public tables have exactly the shape of SpacetimeDB's chat tutorial, so that its other clients and modules
// interoperate with ours both ways. Everything else is private.

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
    // Clients subscribe to a window of `sent`; the index keeps each of those subscriptions cheap.
    sent: t.timestamp().index('btree'),
    text: t.string(),
  },
);

/**
 * One row for each connection that is open now. `user.online` is a single boolean, which alone would mark someone
 * offline when they close one of two tabs. A row comes and goes in the transaction in which the server notes down
 * the connection itself, so after a crash the server, which disconnects whoever it has noted down, clears both.
 */
const liveConnection = table(
  { name: 'live_connection' },
  {
    connectionId: t.connectionId().primaryKey(),
    identity: t.identity().index('btree'),
  },
);

/** Names in use, by what `nameKey` makes of them. */
const claimedName = table(
  { name: 'claimed_name' },
  {
    key: t.string().primaryKey(),
    identity: t.identity().unique(),
  },
);

/** What names in use look like: two rows for each name, see `nameLooks`. */
const claimedLook = table(
  { name: 'claimed_look' },
  {
    look: t.string().primaryKey(),
    identity: t.identity().index('btree'),
  },
);

/** How fast someone has been writing. There is a row for everybody who ever chose a name or wrote. */
const pace = table(
  { name: 'pace' },
  {
    identity: t.identity().primaryKey(),
    firstSeen: t.timestamp(),
    /** When all that they sent will have been paid for, at the rate that they may send (see `bucket.ts`). */
    paidUntil: t.timestamp(),
    lastText: t.u32(),
    lastSent: t.timestamp(),
    /** How often in a row they have sent `lastText`. */
    repeats: t.u32(),
  },
);

/** How much one person may do: the limits that the owner can set. */
export const floodLimitColumns = {
  burst: t.u32(),
  perMinute: t.u32(),
  newcomerBurst: t.u32(),
  newcomerPerMinute: t.u32(),
  newcomerMinutes: t.u32(),
  repeats: t.u32(),
  connections: t.u32(),
};

/** What the owner has set; one row with id 0, or none as long as the defaults hold. */
const floodLimits = table(
  { name: 'flood_limits' },
  {
    id: t.u8().primaryKey(),
    ...floodLimitColumns,
  },
);

/** How much the whole room may do: the limits that the owner can set. */
export const roomLimitColumns = {
  messagesPerSecond: t.u32(),
  messageBurst: t.u32(),
  namesPerMinute: t.u32(),
};

/** What the owner has set; one row with id 0, or none as long as the defaults hold. */
const roomLimits = table(
  { name: 'room_limits' },
  {
    id: t.u8().primaryKey(),
    ...roomLimitColumns,
  },
);

/** How fast the room has been writing (id 0) and taking new names (id 1). */
const roomPace = table(
  { name: 'room_pace' },
  {
    id: t.u8().primaryKey(),
    /** As in `pace`. */
    paidUntil: t.timestamp(),
  },
);

/** Who may write besides those who were here before; one row with id 0, or none while everybody may. */
const admission = table(
  { name: 'admission_policy' },
  {
    id: t.u8().primaryKey(),
    /** `wait` or `approve`. */
    policy: t.string(),
    /** How long newcomers wait, with `wait`. */
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

/** One row with id 0 once the rows of visitors who never said anything, from older versions, are gone. */
const tidied = table({ name: 'tidied' }, { id: t.u8().primaryKey() });

/** The owner and the moderators. `role` is text and no enum so that the owner can write a row by SQL. */
const staff = table(
  { name: 'staff' },
  {
    identity: t.identity().primaryKey(),
    /** `owner` or `moderator`. Views can look into a table through an index only: hence this one and others. */
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

/** What is written down of what the owner or a moderator did. */
export const actColumns = {
  id: t.u64().primaryKey().autoInc(),
  at: t.timestamp(),
  actor: t.identity(),
  /** The name of the reducer. */
  action: t.string(),
  /** Whom it was done to. */
  subject: t.identity(),
  /** Of the message that it was about. */
  sent: t.timestamp().optional(),
  /** Until when they are muted. */
  until: t.timestamp().optional(),
  reason: t.string(),
};

/** Everything that the owner and the moderators did. */
const moderationAct = table(
  { name: 'moderation_act' },
  {
    ...actColumns,
    /** Which part of the record it belongs to: what is read at once stays small however long that gets. */
    page: t.u32().index('btree'),
  },
);

/** Messages that moderators deleted, by the act that did: kept as long as messages are, to be put back. */
const deletedMessage = table(
  { name: 'deleted_message' },
  {
    act: t.u64().primaryKey(),
    sender: t.identity(),
    sent: t.timestamp().index('btree'),
    text: t.string(),
  },
);

/** One row with id 1 while messages are kept for a time or up to a number only, none otherwise. */
export const retention = table(
  { name: 'retention' },
  {
    id: t.u64().primaryKey(),
    runs: t.scheduleAt(),
    /** 0 for any number. */
    keepMessages: t.u32(),
    /** 0 for any age. */
    keepDays: t.u32(),
    /** No message is older. */
    oldest: t.timestamp(),
    /** How much time the last look took in, in microseconds. */
    span: t.u64(),
  },
);

const spacetimedb = schema({
  user,
  message,
  liveConnection,
  claimedName,
  claimedLook,
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
});
export default spacetimedb;

export type Schema = InferSchema<typeof spacetimedb>;
export type Ctx = ReducerCtx<Schema>;
