import type { Timestamp } from 'spacetimedb';
import { Range, t, type Infer } from 'spacetimedb/server';
import { take } from './bucket.ts';
import { SECOND, duration } from './duration.ts';
import { refuseBanned } from './moderation.ts';
import { refuse } from './refuse.ts';
import { countCharacters } from './rules.ts';
import spacetimedb, { type Ctx, type ProcedureContext } from './schema.ts';
import { SEARCH_MAX_LENGTH, searchKey, searchWords } from './search-text.ts';
import { timestamp } from './time.ts';

const MAX_FOUND = 50;

const RATE = { burst: 20, perMinute: 60 };

/** The approximate and the maximum number of messages that one transaction reads. Other calls wait for it. */
const ROWS = 500n;
const MAX_ROWS = 2000;

/** The largest timestamp. */
const END_OF_TIME = 2n ** 63n - 1n;

type Found = Infer<typeof foundMessage>;

const foundMessage = t.object('FoundMessage', {
  sender: t.identity(),
  sent: t.timestamp(),
  text: t.string(),
});

/**
 * Finds messages that contain all words of `text`, newest first. Case and accents do not matter.
 *
 * @param before finds only messages that were sent before
 * @param limit how many to find; more than 50 are never found
 */
export const search_messages = spacetimedb.procedure(
  { text: t.string(), before: t.option(t.timestamp()), limit: t.u32() },
  t.array(foundMessage),
  (ctx, { text, before, limit }) => {
    refuse(searchProblem(text));
    const words = searchWords(text);
    ctx.withTx((tx) => {
      refuseBanned(tx);
      countSearch(tx);
    });
    return search(ctx, words, before?.microsSinceUnixEpoch ?? END_OF_TIME, Math.min(limit, MAX_FOUND));
  },
);

function searchProblem(text: string): string | undefined {
  if (searchWords(text).length === 0) return 'Enter what to search for';
  return countCharacters(text) > SEARCH_MAX_LENGTH
    ? `Searches must not have more than ${SEARCH_MAX_LENGTH} characters`
    : undefined;
}

/** @throws {SenderError} when the caller searches too often */
function countSearch({ db, sender, timestamp: now }: Ctx): void {
  const known = db.searchPace.identity.find(sender);
  const taken = take(RATE, known?.paidUntil.microsSinceUnixEpoch ?? 0n, now.microsSinceUnixEpoch);
  if (!taken.isOk) refuse(`Slow down a little. Try again in ${duration(taken.wait)}`);
  const row = { identity: sender, paidUntil: timestamp(taken.paidUntil) };
  if (known) db.searchPace.identity.update(row);
  else db.searchPace.insert(row);
}

/**
 * Searches one time span after the other, newest first, each in its own transaction. Tables cannot be read backwards,
 * so the span is adjusted to contain a few hundred messages.
 */
function search(ctx: ProcedureContext, words: readonly string[], before: bigint, limit: number) {
  const found: Found[] = [];
  const now = ctx.timestamp.microsSinceUnixEpoch;
  let end = before;
  let span = SECOND;
  while (end > 0n && found.length < limit) {
    // The first span has no end: messages may be from the future, from before the clock was set back.
    const from = end < now ? end : now;
    const start = from > span ? from - span : 0n;
    const messages = read(ctx, start, end, span > 1n ? MAX_ROWS : Infinity);
    if (messages) {
      const matching = messages.filter(({ text }) => hasAll(searchKey(text), words));
      found.push(
        ...matching.sort((a, b) => Number(b.sent.microsSinceUnixEpoch - a.sent.microsSinceUnixEpoch)),
      );
      end = start;
    }
    span = nextSpan(span, messages?.length);
  }
  return found.slice(0, limit);
}

/** The messages of a time span; `undefined` if there are more than `max`. */
function read(ctx: ProcedureContext, start: bigint, end: bigint, max: number): Found[] | undefined {
  const range = new Range<Timestamp>(
    { tag: 'included', value: timestamp(start) },
    { tag: 'excluded', value: timestamp(end) },
  );
  return ctx.withTx(({ db }) => {
    const messages: Found[] = [];
    for (const message of db.message.sent.filter(range)) {
      if (messages.length >= max) return undefined;
      messages.push(message);
    }
    return messages;
  });
}

/** @param rows how many messages the last span had; `undefined` for too many */
function nextSpan(span: bigint, rows: number | undefined): bigint {
  if (rows === 0) return span * 4n;
  // At most twice as long, because the messages before it may be much closer together.
  const fitting = rows === undefined ? span / 8n : (span * ROWS) / BigInt(rows);
  const next = fitting < span * 2n ? fitting : span * 2n;
  return next > 1n ? next : 1n;
}

function hasAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}
