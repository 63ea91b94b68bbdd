/** Who has which name. */
import type { Identity } from 'spacetimedb';
import { guestName } from './guest-names.ts';
import { looksLikeGuest, nameLooks } from './look-alikes.ts';
import { forgetAbsence, isReleased } from './name-release.ts';
import { takenText } from './refusal-texts.ts';
import { refuse } from './refuse.ts';
import { NAME_MAX_LENGTH, nameKey, nameProblem } from './rules.ts';
import type { Ctx } from './schema.ts';

/** How many numbers a suggestion tries in order, starting at 2, and then how many large random ones. */
const TRIES_IN_ORDER = 20;
const RANDOM_TRIES = 20;

/**
 * Claims a name for the caller and releases their previous one. A guest name can be claimed only by the person who is
 * shown under it.
 *
 * @param name in its normal form
 * @throws {SenderError} when someone else has it, with a suggestion
 */
export function claimName(ctx: Ctx, name: string): void {
  const isOthersGuestName = looksLikeGuest(name) && name !== guestName(ctx.sender.toHexString());
  if (isOthersGuestName || !claimNameFor(ctx, ctx.sender, name)) {
    refuse(takenText(name, suggestion(ctx, name)));
  }
  forgetAbsence(ctx, ctx.sender);
}

/** The name with a number, or with a higher one, that nobody has. Undefined if none was found. */
function suggestion(ctx: Ctx, name: string): string | undefined {
  const [, base = name, digits = ''] = /^(.*?)(\d{0,6})$/su.exec(name) ?? [];
  const next = Number(digits || 1) + 1;
  for (let n = 0; n < TRIES_IN_ORDER + RANDOM_TRIES; n++) {
    const number = n < TRIES_IN_ORDER ? next + n : ctx.random.integerInRange(100, 999_999);
    const candidate = numbered(base, number);
    if (!nameProblem(candidate) && otherHolders(ctx, ctx.sender, candidate).length === 0) return candidate;
  }
  return undefined;
}

/** Shortens the base so that both fit. */
function numbered(base: string, number: number): string {
  const room = NAME_MAX_LENGTH - String(number).length;
  return `${[...base].slice(0, room).join('').trimEnd()}${number}`;
}

/**
 * Claims a name for a person and releases their previous one. A person who had the same or a look-alike name, and
 * released it, loses it, so that no two people show the same name.
 *
 * @returns `false` when someone else has it
 */
export function claimNameFor(ctx: Ctx, identity: Identity, name: string): boolean {
  // In a room from before names were unique, existing names have not been claimed yet.
  if (ctx.db.claimedName.count() === 0n) claimExistingNames(ctx);
  // The same for rooms from before look-alike names were refused.
  if (ctx.db.claimedLook.count() === 0n) claimExistingLooks(ctx);
  const holders = otherHolders(ctx, identity, name);
  if (!holders.every((holder) => isReleased(ctx, holder))) return false;
  for (const holder of holders) removeName(ctx, holder);
  removeClaims(ctx, identity);
  ctx.db.claimedName.insert({ key: nameKey(name), identity });
  for (const look of nameLooks(name)) ctx.db.claimedLook.insert({ look, identity });
  return true;
}

/** The others who have this name or one that looks like it. */
function otherHolders(ctx: Ctx, identity: Identity, name: string): Identity[] {
  return [
    ctx.db.claimedName.key.find(nameKey(name)),
    ...nameLooks(name).map((look) => ctx.db.claimedLook.look.find(look)),
  ].flatMap((claim) => (claim && !claim.identity.isEqual(identity) ? [claim.identity] : []));
}

function removeClaims(ctx: Ctx, identity: Identity): void {
  ctx.db.claimedName.identity.delete(identity);
  ctx.db.claimedLook.identity.delete(identity);
}

function removeName(ctx: Ctx, identity: Identity): void {
  removeClaims(ctx, identity);
  forgetAbsence(ctx, identity);
  const known = ctx.db.user.identity.find(identity);
  if (known) ctx.db.user.identity.update({ ...known, name: undefined });
}

/** Lets names be added without claims: with no claims at all, the next `set_name` would claim every existing name. */
export function keepNamesUnclaimed(ctx: Ctx): void {
  if (ctx.db.claimedName.count() === 0n) claimExistingNames(ctx);
  if (ctx.db.claimedName.count() > 0n) return;
  // No name has an empty key.
  ctx.db.claimedName.insert({ key: '', identity: ctx.sender });
}

/** If two names look alike, the first in the table keeps the look. Both people keep their names. */
function claimExistingLooks(ctx: Ctx): void {
  for (const { identity } of ctx.db.claimedName.iter()) {
    const name = ctx.db.user.identity.find(identity)?.name;
    for (const look of name === undefined ? [] : nameLooks(name)) {
      if (!ctx.db.claimedLook.look.find(look)) ctx.db.claimedLook.insert({ look, identity });
    }
  }
}

/** If two people have the same name, the caller gets it: the data does not say who had it first. */
function claimExistingNames(ctx: Ctx): void {
  const caller = ctx.db.user.identity.find(ctx.sender);
  for (const { identity, name } of [...(caller ? [caller] : []), ...ctx.db.user.iter()]) {
    const key = name === undefined ? '' : nameKey(name);
    if (key !== '' && !ctx.db.claimedName.key.find(key)) ctx.db.claimedName.insert({ key, identity });
  }
}
