import { t } from 'spacetimedb/server';
import { refuseNewcomer } from './admission.ts';
import { countAct, countRoomMessage, countText } from './flood.ts';
import { noteMentions } from './mentions.ts';
import { refuseSilenced } from './moderation.ts';
import { refuse } from './refuse.ts';
import { messageProblem, normalizeMessage } from './rules.ts';
import spacetimedb, { type Ctx } from './schema.ts';

export const send_message = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
  postMessage(ctx, text);
});

/** Sends a message of the caller. Its time is that of the call. @throws {SenderError} when they may not */
export function postMessage(ctx: Ctx, text: string): void {
  const normal = acceptText(ctx, text);
  console.info(`User ${ctx.sender}: ${normal}`);
  ctx.db.message.insert({ sender: ctx.sender, text: normal, sent: ctx.timestamp });
  noteMentions(ctx, { sender: ctx.sender, sent: ctx.timestamp }, normal);
}

/**
 * Checks whether the caller may write a text now, and counts it.
 *
 * @returns the text as it is stored
 * @throws {SenderError} when they may not
 */
export function acceptText(ctx: Ctx, text: string): string {
  refuse(messageProblem(text));
  refuseSilenced(ctx);
  refuseNewcomer(ctx);
  countAct(ctx);
  const normal = normalizeMessage(text);
  countText(ctx, normal);
  countRoomMessage(ctx);
  return normal;
}
