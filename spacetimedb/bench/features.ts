/**
 * `npm run bench -- features`: what replies, edits, reactions, typing and searches cost as the room grows, in memory
 * and without clients. `--json FILE` writes the figures.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bundleModule, startHost, type StartedHost } from 'spacetimedb-host';

const SIZES = [1_000, 100_000] as const;
const WARM_UP = 200;
const CALLS = 1_000;
const SEARCHES = 5;
/** Rows that one call of `fill` inserts. */
const FILL = 10_000;
/** Microseconds between two messages: a year for the largest room. */
const APART = 300_000_000;

/** Median milliseconds of one call. */
type Calls = Record<'send_message' | 'send_reply' | 'edit_message' | 'add_reaction' | 'set_typing', number>;

interface Searches {
  /** Median milliseconds of a search that finds nothing, and so reads every message. */
  readonly all: number;
  /** The same for one that finds 50 among the newest messages. */
  readonly newest: number;
  /** The longest that any other call had to wait meanwhile, in milliseconds. */
  readonly longestWait: number;
}

type Key = [sender: [string], sent: [number]];

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const program = await bundleModule(path.join(import.meta.dirname, 'module'));

function call(host: StartedHost, reducer: string, ...args: unknown[]): void {
  const outcome = host.call(reducer, args);
  if (outcome.tag !== 'ok') throw new Error(`${reducer}: ${outcome.message}`);
}

async function open(messages: number): Promise<StartedHost> {
  const host = await startHost({ program, name: 'chat' });
  call(host, 'set_flood_limits', 0, 0, 0, 0, 0, 0, 0);
  call(host, 'set_room_limits', 0, 0, 0);
  for (let left = messages; left > 0; left -= FILL) call(host, 'fill', Math.min(left, FILL), APART);
  return host;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

/** Times a call that gets the number of the round. */
function timed(count: number, one: (n: number) => void): number {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + count; n++) {
    const start = performance.now();
    one(n);
    if (n >= WARM_UP) times.push(performance.now() - start);
  }
  return median(times);
}

function newest(host: StartedHost, count: number): Key[] {
  const [owner] = host.sql('SELECT identity FROM staff').rows.flat() as { toHexString(): string }[];
  const hex = owner?.toHexString() ?? '';
  return host
    .sql(`SELECT sent FROM message WHERE sender = 0x${hex}`)
    .rows.map(([sent]) => Number((sent as { microsSinceUnixEpoch: bigint }).microsSinceUnixEpoch))
    .sort((a, b) => b - a)
    .slice(0, count)
    .map((sent) => [[`0x${hex}`], [sent]]);
}

async function calls(messages: number): Promise<Calls> {
  const host = await open(messages);
  // Typing needs a name, and so a person who has connected.
  const ann = host.as('ann').connect();
  ann.call('set_name', ['Ann']);
  const send_message = timed(CALLS, (n) => call(host, 'send_message', `message ${n}, as long as most are`));
  const keys = newest(host, WARM_UP + CALLS);
  const key = (n: number): Key => keys[n] as Key;
  const send_reply = timed(CALLS, (n) => call(host, 'send_reply', `answer ${n}, as long as most`, ...key(n)));
  const edit_message = timed(CALLS, (n) => call(host, 'edit_message', key(n)[1], `edited ${n}, for good`));
  const add_reaction = timed(CALLS, (n) => call(host, 'add_reaction', ...key(n), '\u{1F389}'));
  const set_typing = timed(CALLS, (n) => {
    ann.call('set_typing', [n % 2 === 0]);
  });
  await host.stop();
  return { send_message, send_reply, edit_message, add_reaction, set_typing };
}

/** Runs the event loop until `ended`. @returns the longest turn, in milliseconds */
async function longestTurn(ended: Promise<unknown>): Promise<number> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  let [longest, last] = [0, performance.now()];
  while (!isOver) {
    await nextTurn();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}

async function searches(messages: number): Promise<Searches> {
  const host = await open(messages);
  const search = async (text: string) => {
    const start = performance.now();
    const searching = host.callProcedure('search_messages', [text, { none: [] }, 50]);
    const longest = await longestTurn(searching);
    const result = await searching;
    if (result.tag !== 'returned') throw new Error(`search_messages: ${JSON.stringify(result)}`);
    return { ms: performance.now() - start, longest };
  };
  await search('warm up');
  const all: Awaited<ReturnType<typeof search>>[] = [];
  const newest: Awaited<ReturnType<typeof search>>[] = [];
  for (let n = 0; n < SEARCHES; n++) {
    all.push(await search('nowhere'));
    newest.push(await search('message'));
  }
  await host.stop();
  return {
    all: median(all.map(({ ms }) => ms)),
    newest: median(newest.map(({ ms }) => ms)),
    longestWait: Math.max(...all.map(({ longest }) => longest)),
  };
}

const figures: Record<string, { calls: Calls; searches: Searches }> = {};
for (const size of SIZES) {
  process.stderr.write(`${size.toLocaleString('en')} messages …\n`);
  figures[size] = { calls: await calls(size), searches: await searches(size) };
}

const rounded = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
const of = (size: number) => figures[size] as { calls: Calls; searches: Searches };
console.log('\none call in memory, in ms, in a room of so many messages');
console.table(
  Object.fromEntries(
    (Object.keys(of(SIZES[0]).calls) as (keyof Calls)[]).map((name) => {
      const [small, large] = SIZES.map((size) => of(size).calls[name]) as [number, number];
      const columns = SIZES.map((size, n) => [size.toLocaleString('en'), rounded([small, large][n] ?? NaN)]);
      return [name, { ...Object.fromEntries(columns), ratio: rounded(large / small) }];
    }),
  ),
);
console.log('\na search, in ms');
console.table(
  Object.fromEntries(
    SIZES.map((size) => {
      const { all, newest, longestWait } = of(size).searches;
      return [
        `${size.toLocaleString('en')} messages`,
        {
          'of all': rounded(all),
          'of the newest': rounded(newest),
          'longest wait of others': rounded(longestWait),
        },
      ];
    }),
  ),
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(0);
