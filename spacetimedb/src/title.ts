import { t } from 'spacetimedb/server';
import { refuse } from './refuse.ts';
import { nameProblem, normalizeName } from './rules.ts';
import spacetimedb from './schema.ts';
import { requireOwner } from './staff.ts';

/** Sets the name of the room. The same rules apply as for people's names; an empty title removes it. For the owner. */
export const set_room_title = spacetimedb.reducer({ title: t.string() }, (ctx, { title }) => {
  requireOwner(ctx);
  const normal = normalizeName(title);
  if (normal !== '') refuse(nameProblem(normal));
  ctx.db.roomTitle.id.delete(0);
  if (normal !== '') ctx.db.roomTitle.insert({ id: 0, title: normal });
});
