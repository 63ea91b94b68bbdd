/** People whose messages someone does not want to see. Clients hide them; nobody else can see the block. */
import { t } from 'spacetimedb/server';
import { refuse } from './refuse.ts';
import spacetimedb from './schema.ts';

const MAX_BLOCKS = 1000;

/** Blocks a person for the caller. Blocking them twice does nothing. */
export const block_person = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  if (identity.isEqual(ctx.sender)) refuse('You cannot block yourself');
  if (!ctx.db.user.identity.find(identity)) refuse('Person not found');
  const blocks = [...ctx.db.block.person.filter(ctx.sender)];
  if (blocks.some(({ blocked }) => blocked.isEqual(identity))) return;
  if (blocks.length >= MAX_BLOCKS) refuse(`You can block at most ${MAX_BLOCKS} people`);
  ctx.db.block.insert({ id: 0n, person: ctx.sender, blocked: identity });
});

/** Ends a block by the caller. Does nothing if there is none. */
export const unblock_person = spacetimedb.reducer({ identity: t.identity() }, (ctx, { identity }) => {
  for (const { id, blocked } of [...ctx.db.block.person.filter(ctx.sender)]) {
    if (blocked.isEqual(identity)) ctx.db.block.id.delete(id);
  }
});

const ownBlock = t.row('OwnBlock', { identity: t.identity().primaryKey() });

/** The people whom the caller has blocked. */
export const ownBlocks = spacetimedb.view({ public: true }, t.array(ownBlock), ({ db, sender }) =>
  [...db.block.person.filter(sender)].map(({ blocked }) => ({ identity: blocked })),
);
