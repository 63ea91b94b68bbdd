import { t } from 'spacetimedb/server';
import { refuseNewcomer } from './admission.ts';
import { messagesAt, ofSender } from './annotations.ts';
import { countAct, countRoomReaction } from './flood.ts';
import { refuseBanned, refuseSilenced } from './moderation.ts';
import { refuse } from './refuse.ts';
import { emojiProblem } from './rules.ts';
import spacetimedb from './schema.ts';

const MAX_OF_PERSON = 10;
const MAX_DIFFERENT = 20;
const MAX_IN_ALL = 1000;

const reactionColumns = { sender: t.identity(), sent: t.timestamp(), emoji: t.string() };

/** Adds the caller's reaction to a message. Adding it twice does nothing. */
export const add_reaction = spacetimedb.reducer(reactionColumns, (ctx, { emoji, ...key }) => {
  refuse(emojiProblem(emoji));
  if (messagesAt(ctx, key).length === 0) refuse('Message not found');
  const reactions = ofSender(ctx.db.reaction.sent.filter(key.sent), key);
  const own = reactions.filter(({ person }) => person.isEqual(ctx.sender));
  if (own.some((reaction) => reaction.emoji === emoji)) return;
  if (own.length >= MAX_OF_PERSON) refuse(`You can add at most ${MAX_OF_PERSON} reactions to a message`);
  const kinds = new Set(reactions.map((reaction) => reaction.emoji)).add(emoji);
  if (kinds.size > MAX_DIFFERENT) refuse(`A message can have at most ${MAX_DIFFERENT} different reactions`);
  if (reactions.length >= MAX_IN_ALL) refuse('That message has too many reactions');
  refuseSilenced(ctx);
  refuseNewcomer(ctx);
  countAct(ctx);
  countRoomReaction(ctx);
  ctx.db.reaction.insert({ id: 0n, ...key, person: ctx.sender, emoji });
});

/** Removes the caller's reaction. Removing one that is not there does nothing. People who are muted may do this too. */
export const remove_reaction = spacetimedb.reducer(reactionColumns, (ctx, { emoji, ...key }) => {
  refuseBanned(ctx);
  const own = ofSender(ctx.db.reaction.sent.filter(key.sent), key).find(
    (reaction) => reaction.emoji === emoji && reaction.person.isEqual(ctx.sender),
  );
  if (!own) return;
  countAct(ctx);
  ctx.db.reaction.id.delete(own.id);
});
