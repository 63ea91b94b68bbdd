/** Who a message mentions. */
import type { Identity } from 'spacetimedb';
import { ofSender, type MessageKey } from './annotations.ts';
import { NAME_MAX_LENGTH, nameKey } from './rules.ts';
import type { Ctx } from './schema.ts';
import { isModerator } from './staff.ts';

const MAX_MENTIONS = 20;

/** How many `@` of a message are checked. Bounds the look-ups for a text full of them. */
const MAX_SIGNS = 50;

const EVERYONE = nameKey('everyone');

/** An `@` that does not continue a word, as in an e-mail address. */
const SIGN = /(?<![\p{L}\p{M}\p{N}])@/gu;
const WORD_CHARACTER = /^[\p{L}\p{M}\p{N}]$/u;
const SPACE = /^\p{White_Space}$/u;

interface Mention {
  readonly person: Identity;
  readonly isEveryone: boolean;
  readonly name: string;
}

/** Stores who a text mentions. Rows that are still right stay as they are. */
export function noteMentions(ctx: Ctx, key: MessageKey, text: string): void {
  const wanted = mentionsIn(ctx, text);
  for (const row of ofSender(ctx.db.mention.sent.filter(key.sent), key)) {
    const known = wanted.findIndex((mention) => isSame(mention, row));
    if (known === -1) ctx.db.mention.id.delete(row.id);
    else wanted.splice(known, 1);
  }
  for (const mention of wanted) ctx.db.mention.insert({ id: 0n, ...key, ...mention });
}

function isSame(a: Mention, b: Mention): boolean {
  return a.person.isEqual(b.person) && a.isEveryone === b.isEveryone && a.name === b.name;
}

function mentionsIn(ctx: Ctx, text: string): Mention[] {
  const found: Mention[] = [];
  let end = 0;
  let signs = 0;
  for (const { index } of text.matchAll(SIGN)) {
    if (index < end) continue;
    if (++signs > MAX_SIGNS || found.length >= MAX_MENTIONS) break;
    const mention = mentionAt(ctx, text.slice(index + 1));
    if (!mention) continue;
    end = index + 1 + mention.name.length;
    const isKnown = found.some(
      ({ person, isEveryone }) => person.isEqual(mention.person) && isEveryone === mention.isEveryone,
    );
    if (!isKnown) found.push(mention);
  }
  return found;
}

/** The longest name at the start of a text that belongs to someone. */
function mentionAt(ctx: Ctx, text: string): Mention | undefined {
  for (const name of possibleNames(text)) {
    const key = nameKey(name);
    if (key === EVERYONE && isModerator(ctx)) return { person: ctx.sender, isEveryone: true, name };
    const claim = key === '' ? null : ctx.db.claimedName.key.find(key);
    if (claim) return { person: claim.identity, isEveryone: false, name };
  }
  return undefined;
}

/** The possible names at the start of a text, longest first. A name is on one line and ends with a word. */
function possibleNames(text: string): string[] {
  // A character has at most two UTF-16 units.
  const [line = ''] = text.slice(0, 2 * NAME_MAX_LENGTH + 2).split('\n');
  const characters = [...line].slice(0, NAME_MAX_LENGTH + 1);
  if (SPACE.test(characters[0] ?? '')) return [];
  const names: string[] = [];
  let name = '';
  for (const [index, character] of characters.slice(0, NAME_MAX_LENGTH).entries()) {
    name += character;
    const isInWord = WORD_CHARACTER.test(characters[index + 1] ?? ' ');
    if (!isInWord && !SPACE.test(character)) names.unshift(name);
  }
  return names;
}
