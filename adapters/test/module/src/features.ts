/** Features beyond the tutorial, without the rules of a real room. The emoji and text `bad` are refused. */
import type { Identity, Timestamp } from 'spacetimedb';
import { ScheduleAt, SenderError, t, type InferSchema, type ReducerCtx } from 'spacetimedb/server';
import spacetimedb from './schema.ts';

type Ctx = ReducerCtx<InferSchema<typeof spacetimedb>>;
interface Key {
  readonly sender: Identity;
  readonly sent: Timestamp;
}

const key = { sender: t.identity(), sent: t.timestamp() };

function refuseBad(text: string): void {
  if (text === 'bad') throw new SenderError('That is not allowed here');
}

function messageAt({ db }: Pick<Ctx, 'db'>, { sender, sent }: Key) {
  const found = [...db.message.sent.filter(sent)].find((row) => row.sender.isEqual(sender));
  if (!found) throw new SenderError('Message not found');
  return found;
}

function noteMentions(ctx: Ctx, { sender, sent }: Key, text: string): void {
  for (const row of [...ctx.db.mention.sent.filter(sent)]) {
    if (row.sender.isEqual(sender)) ctx.db.mention.id.delete(row.id);
  }
  for (const [, name = ''] of text.matchAll(/@(\w+)/g)) {
    const isEveryone = name === 'everyone';
    const person = isEveryone ? sender : [...ctx.db.user.iter()].find((user) => user.name === name)?.identity;
    if (person) ctx.db.mention.insert({ id: 0n, sender, sent, person, isEveryone, name });
  }
}

export const send_reply = spacetimedb.reducer(
  { text: t.string(), toSender: t.identity(), toSent: t.timestamp() },
  (ctx, { text, toSender, toSent }) => {
    refuseBad(text);
    messageAt(ctx, { sender: toSender, sent: toSent });
    const { sender, timestamp: sent } = ctx;
    ctx.db.message.insert({ sender, sent, text });
    ctx.db.reply.insert({ id: 0n, sender, sent, toSender, toSent });
    noteMentions(ctx, { sender, sent }, text);
  },
);

export const edit_message = spacetimedb.reducer(
  { sent: t.timestamp(), text: t.string() },
  (ctx, { sent, text }) => {
    refuseBad(text);
    const row = messageAt(ctx, { sender: ctx.sender, sent });
    if (row.text === text) return;
    ctx.db.message.delete(row);
    ctx.db.message.insert({ ...row, text });
    const at = ctx.timestamp;
    ctx.db.version.insert({ id: 0n, sender: ctx.sender, sent, at, text: row.text });
    const edit = [...ctx.db.messageEdit.sent.filter(sent)].find(({ sender }) => sender.isEqual(ctx.sender));
    if (edit) ctx.db.messageEdit.id.update({ ...edit, at });
    else ctx.db.messageEdit.insert({ id: 0n, sender: ctx.sender, sent, at });
    noteMentions(ctx, { sender: ctx.sender, sent }, text);
  },
);

export const delete_own_message = spacetimedb.reducer({ sent: t.timestamp() }, (ctx, { sent }) => {
  const row = messageAt(ctx, { sender: ctx.sender, sent });
  refuseBad(row.text);
  ctx.db.message.delete(row);
  for (const table of [ctx.db.reply, ctx.db.reaction, ctx.db.messageEdit, ctx.db.mention, ctx.db.pin]) {
    for (const { id, sender } of [...table.sent.filter(sent)]) {
      if (sender.isEqual(ctx.sender)) table.id.delete(id);
    }
  }
});

function reactionOf({ db, sender: person }: Ctx, { sender, sent }: Key, emoji: string) {
  return [...db.reaction.sent.filter(sent)].find(
    (row) => row.sender.isEqual(sender) && row.person.isEqual(person) && row.emoji === emoji,
  );
}

export const add_reaction = spacetimedb.reducer({ ...key, emoji: t.string() }, (ctx, { emoji, ...of }) => {
  refuseBad(emoji);
  messageAt(ctx, of);
  if (!reactionOf(ctx, of, emoji)) ctx.db.reaction.insert({ id: 0n, ...of, person: ctx.sender, emoji });
});

export const remove_reaction = spacetimedb.reducer({ ...key, emoji: t.string() }, (ctx, { emoji, ...of }) => {
  const row = reactionOf(ctx, of, emoji);
  if (row) ctx.db.reaction.id.delete(row.id);
});

export const pin_message = spacetimedb.reducer(key, (ctx, of) => {
  refuseBad(messageAt(ctx, of).text);
  ctx.db.pin.insert({ id: 0n, ...of, pinnedBy: ctx.sender, at: ctx.timestamp });
});

export const unpin_message = spacetimedb.reducer(key, (ctx, { sender, sent }) => {
  for (const row of [...ctx.db.pin.sent.filter(sent)])
    if (row.sender.isEqual(sender)) ctx.db.pin.id.delete(row.id);
});

export const set_typing = spacetimedb.reducer({ isTyping: t.bool() }, (ctx, { isTyping }) => {
  ctx.db.typing.insert({ person: ctx.sender, isTyping });
});

export const mark_read = spacetimedb.reducer({ sent: t.timestamp() }, (ctx, { sent }) => {
  const known = ctx.db.readMark.identity.find(ctx.sender);
  if (!known) ctx.db.readMark.insert({ identity: ctx.sender, sent });
  else if (known.sent.microsSinceUnixEpoch < sent.microsSinceUnixEpoch)
    ctx.db.readMark.identity.update({ ...known, sent });
});

export const block_person = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  if (identity.isEqual(ctx.sender)) throw new SenderError('You cannot block yourself');
  ctx.db.personalBlock.insert({ id: 0n, person: ctx.sender, blocked: identity });
});

export const unblock_person = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  for (const { id, blocked } of [...ctx.db.personalBlock.person.filter(ctx.sender)]) {
    if (blocked.isEqual(identity)) ctx.db.personalBlock.id.delete(id);
  }
});

export const report_message = spacetimedb.reducer(
  { ...key, reason: t.string() },
  (ctx, { reason, ...of }) => {
    messageAt(ctx, of);
    ctx.db.report.insert({ id: 0n, ...of, reason });
  },
);

export const set_edit_limit = spacetimedb.reducer({ minutes: t.u32() }, (ctx, { minutes: editMinutes }) => {
  ctx.db.messageRule.id.delete(0);
  ctx.db.messageRule.insert({ id: 0, editMinutes });
});

/** Inserts messages with times from then on, oldest first, one per millisecond. */
export const write_history = spacetimedb.reducer(
  { until: t.timestamp(), texts: t.array(t.string()) },
  (ctx, { until, texts }) => {
    for (const [index, text] of texts.entries()) {
      const micros = until.microsSinceUnixEpoch - BigInt(texts.length - index) * 1_000n;
      ctx.db.message.insert({ sender: ctx.sender, sent: ScheduleAt.time(micros).value as Timestamp, text });
    }
  },
);

const ownBlock = t.row('OwnBlock', { identity: t.identity().primaryKey() });
export const ownBlocks = spacetimedb.view({ public: true }, t.array(ownBlock), ({ db, sender }) =>
  [...db.personalBlock.person.filter(sender)].map(({ blocked }) => ({ identity: blocked })),
);

const ownReadMark = t.row('OwnReadMark', { identity: t.identity().primaryKey(), sent: t.timestamp() });
export const ownReadMarks = spacetimedb.view(
  { public: true },
  t.option(ownReadMark),
  ({ db, sender }) => db.readMark.identity.find(sender) ?? undefined,
);

const found = t.object('Found', { ...key, text: t.string() });
export const search_messages = spacetimedb.procedure(
  { text: t.string(), before: t.option(t.timestamp()), limit: t.u32() },
  t.array(found),
  (ctx, { text, before, limit }) =>
    ctx.withTx(({ db }) =>
      [...db.message.iter()]
        .filter((row) => row.text.toLowerCase().includes(text.toLowerCase()))
        .filter(({ sent }) => !before || sent.microsSinceUnixEpoch < before.microsSinceUnixEpoch)
        .sort((a, b) => Number(b.sent.microsSinceUnixEpoch - a.sent.microsSinceUnixEpoch))
        .slice(0, limit),
    ),
);

export const count_unread = spacetimedb.procedure(
  t.object('Unread', { messages: t.u32(), mentions: t.u32() }),
  (ctx) =>
    ctx.withTx(({ db, sender }) => {
      const mark = db.readMark.identity.find(sender)?.sent.microsSinceUnixEpoch;
      const isNew = (row: Key): boolean =>
        mark !== undefined && row.sent.microsSinceUnixEpoch > mark && !row.sender.isEqual(sender);
      return {
        messages: [...db.message.iter()].filter(isNew).length,
        mentions: [...db.mention.iter()].filter((row) => isNew(row) && row.person.isEqual(sender)).length,
      };
    }),
);

const replaced = t.object('Replaced', { at: t.timestamp(), text: t.string() });
export const message_versions = spacetimedb.procedure(key, t.array(replaced), (ctx, { sender, sent }) =>
  ctx.withTx(({ db }) =>
    [...db.version.sent.filter(sent)]
      .filter((row) => row.sender.isEqual(sender))
      .map(({ at, text }) => ({ at, text })),
  ),
);
