/**
 * Imports people and messages from another server. Only the owner may do this, because it writes in other people's
 * names. Every import can be repeated: existing rows stay unchanged.
 */
import type { Identity } from 'spacetimedb';
import { t } from 'spacetimedb/server';
import { hasActed, noteAuthor } from './flood.ts';
import { noteAbsence } from './name-release.ts';
import { claimNameFor, keepNamesUnclaimed } from './names.ts';
import { refuse } from './refuse.ts';
import { noteOlderMessage } from './retention.ts';
import { messageProblem, nameProblem, normalizeMessage, normalizeName } from './rules.ts';
import spacetimedb, { type Ctx } from './schema.ts';
import { recentActs, record, requireOwner } from './staff.ts';

const importedPerson = t.object('ImportedPerson', {
  identity: t.identity(),
  name: t.string().optional(),
});

const importedMessage = t.object('ImportedMessage', {
  sender: t.identity(),
  sent: t.timestamp(),
  text: t.string(),
});

/**
 * Adds people who wrote or chose a name elsewhere. Someone who has a name here keeps it. For the owner.
 *
 * @param reserveNames do the names stay with these identities? Yes if people keep their identities, as between servers
 * with the same signing keys. No if they get new ones: then a name goes to the first person who takes it.
 */
export const import_people = spacetimedb.reducer(
  { people: t.array(importedPerson), reserveNames: t.bool() },
  (ctx, { people, reserveNames }) => {
    requireOwner(ctx);
    if (!reserveNames) keepNamesUnclaimed(ctx);
    for (const { identity, name } of people) {
      if (name !== undefined) refuse(nameProblem(name));
      importPerson(ctx, identity, name === undefined ? undefined : normalizeName(name), reserveNames);
    }
    noteImport(ctx, 'import_people');
    console.info(`Imported ${people.length} people`);
  },
);

function importPerson(ctx: Ctx, identity: Identity, name: string | undefined, reserveName: boolean): void {
  const known = ctx.db.user.identity.find(identity);
  if (!known) ctx.db.user.insert({ identity, name, online: false });
  else if (known.name === undefined) ctx.db.user.identity.update({ ...known, name });
  if (!hasActed(ctx, identity)) noteAuthor(ctx, identity);
  if (!reserveName || name === undefined || known?.name !== undefined) return;
  if (claimNameFor(ctx, identity, name)) noteAbsence(ctx, identity);
  else console.warn(`Somebody else has the name ${name} already`);
}

/** Adds messages that were sent elsewhere, with their original times. For the owner. */
export const import_messages = spacetimedb.reducer(
  { messages: t.array(importedMessage) },
  (ctx, { messages }) => {
    requireOwner(ctx);
    let count = 0;
    for (const { sender, sent, text } of messages) {
      refuse(messageProblem(text));
      if (sent.microsSinceUnixEpoch > ctx.timestamp.microsSinceUnixEpoch) {
        refuse('Messages must not be from the future');
      }
      const isSame = (message: { sender: Identity }) => message.sender.isEqual(sender);
      if ([...ctx.db.message.sent.filter(sent), ...ctx.db.deletedMessage.sent.filter(sent)].some(isSame)) {
        continue;
      }
      ctx.db.message.insert({ sender, sent, text: normalizeMessage(text) });
      noteOlderMessage(ctx, sent);
      count++;
    }
    noteImport(ctx, 'import_messages');
    console.info(`Imported ${count} messages`);
  },
);

/** Records an import for moderators, once for all consecutive calls. */
function noteImport(ctx: Ctx, action: string): void {
  const acts = recentActs(ctx).sort((a, b) => Number(a.id - b.id));
  const last = acts[acts.length - 1];
  if (last?.action === action && last.actor.isEqual(ctx.sender)) return;
  record(ctx, { action, subject: ctx.sender });
}
