import { t } from 'spacetimedb/server';
import { refuse } from './refuse.ts';
import { refuseNewcomer } from './admission.ts';
import { countAct, countRoomMessage, countText } from './flood.ts';
import { refuseSilenced } from './moderation.ts';
import { messageProblem, normalizeMessage } from './rules.ts';
import spacetimedb from './schema.ts';

export const send_message = spacetimedb.reducer({ text: t.string() }, (ctx, { text }) => {
  refuse(messageProblem(text));
  refuseSilenced(ctx);
  refuseNewcomer(ctx);
  countAct(ctx);
  const normal = normalizeMessage(text);
  countText(ctx, normal);
  countRoomMessage(ctx);
  console.info(`User ${ctx.sender}: ${normal}`);
  ctx.db.message.insert({ sender: ctx.sender, text: normal, sent: ctx.timestamp });
});
