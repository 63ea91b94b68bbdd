/**
 * The site in Chromium. `--json FILE` writes the figures; `--tutorial DIR` measures SpacetimeDB's React client beside it,
 * from a copy of `templates/chat-react-ts` of its repository. Figures are medians over fresh profiles.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { findBrowser } from '../e2e/find-browser.ts';
import { launch } from '../e2e/launch-browser.ts';
import { openSeededSite } from '../e2e/site.ts';
import { buildSiteIfStale } from '../scripts/build-site.ts';
import { buildTutorial, site, type Client } from './clients.ts';
import { Probe } from './probe.ts';

const ROUNDS = 3;
const HOUR = 3_600_000;

type Figures = Record<string, number>;
type Write = (text: string) => Promise<void>;

const { values } = parseArgs({ options: { json: { type: 'string' }, tutorial: { type: 'string' } } });

/** The median of each figure. */
async function repeated(times: number, measure: (n: number) => Promise<Figures>): Promise<Figures> {
  const rounds: Figures[] = [];
  for (let n = 0; n < times; n++) rounds.push(await measure(n));
  const medians = Object.keys(rounds[0] ?? {}).map((key) => {
    const sorted = rounds.map((round) => round[key] ?? NaN).sort((a, b) => a - b);
    return [key, sorted[Math.floor(sorted.length / 2)] ?? NaN] as const;
  });
  return Object.fromEntries(medians);
}

/**
 * A room with `count` messages of the last hour, all of which the site holds.
 *
 * @param older how many more there are of last week, which the site asks for when someone scrolls up to them
 */
async function inRoom<T>(
  count: number,
  run: (uri: string, newest: string, write: Write) => Promise<T>,
  older = 0,
): Promise<T> {
  const room = await openSeededSite();
  try {
    if (older > 0) await room.seed({ count: older, apart: 60_000, age: 7 * 24 * HOUR });
    await room.seed({ count, apart: Math.floor(HOUR / count), age: 1000 });
    return await run(room.url, `${count - 1}: `, async (text) => {
      const path = '/v1/database/quickstart-chat/call/send_message';
      const headers = { 'content-type': 'application/json' };
      const { ok, status } = await fetch(new URL(path, room.url), {
        method: 'POST',
        headers,
        body: JSON.stringify([text]),
      });
      if (!ok) throw new Error(`A message was refused with status ${status}`);
    });
  } finally {
    await room.close();
  }
}

function list(browser: Browser, client: Client, count: number): Promise<Figures> {
  return inRoom(count, (uri, newest, write) =>
    repeated(ROUNDS, async (round) => {
      // Written last, so that the site shows it, too.
      const last = round === 0 ? newest : `newest of round ${round}.`;
      if (round > 0) await write(last);
      const probe = await Probe.open(browser, client, uri, last);
      const appended = await repeated(5, async (n) => {
        const text = `appended ${round}.${n}.`;
        return { 'append one, ms': await probe.append(text, () => write(text)) };
      });
      const step = await probe.scroll();
      const { heap, nodes } = await probe.memory();
      await probe.close();
      return {
        'first message, ms': probe.firstMessage,
        ...appended,
        'scroll step, ms of work': step,
        'heap, MB': heap,
        'DOM nodes': nodes,
      };
    }),
  );
}

function prepend(browser: Browser, client: Client, count: number, older: number): Promise<Figures> {
  return inRoom(
    count,
    (uri, newest) =>
      repeated(ROUNDS, async () => {
        const probe = await Probe.open(browser, client, uri, newest);
        const { took, moved } = await probe.prepend();
        await probe.close();
        return { [`prepend ${older}, ms`]: took, 'moved by it, px': moved };
      }),
    older,
  );
}

function exchange(browser: Browser, client: Client): Promise<Figures> {
  return inRoom(100, async (uri, newest) => {
    const cold = await repeated(5, async () => {
      const probe = await Probe.open(browser, client, uri, newest, 4);
      await probe.close();
      return { 'cold load to first message, 4x slower CPU, ms': probe.firstMessage };
    });
    const ada = await Probe.open(browser, client, uri, newest);
    const bob = await Probe.open(browser, client, uri, newest);
    const sent = await repeated(20, async (n) => ({
      'sending to visible in the other browser, ms': await ada.send(`message to bob ${n}.`, bob),
    }));
    await Promise.all([ada.close(), bob.close()]);
    return { ...cold, ...sent };
  });
}

function print(figures: Record<string, Figures>): void {
  const rounded = Object.entries(figures).map(([name, values]) => [
    name,
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value.toPrecision(3))])),
  ]);
  console.table(Object.fromEntries(rounded));
}

await buildSiteIfStale();
const browser = await launch(findBrowser().path);
const tutorial = values.tutorial === undefined ? undefined : await buildTutorial(values.tutorial);
const lists: Record<string, Figures> = {};
const exchanges: Record<string, Figures> = {};
for (const [name, client, sizes] of [
  ['this site', site, [1_000, 10_000, 100_000]],
  // It lists every message there is: with 100,000 it takes minutes.
  ['tutorial, React', tutorial, [1_000, 10_000]],
] as const) {
  if (!client) continue;
  for (const size of sizes) {
    const label = `${name}, ${size.toLocaleString('en')} messages`;
    process.stderr.write(`${label} …\n`);
    lists[label] = await list(browser, client, size);
    // The tutorial's client has all there is from the start.
    if (client === site) Object.assign(lists[label], await prepend(browser, client, size, 500));
  }
  exchanges[name] = await exchange(browser, client);
}
await Promise.all([browser.close(), tutorial?.close()]);

print(lists);
print(exchanges);
if (!tutorial) console.log('The tutorial’s client was not measured: give its folder with --tutorial.');
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ lists, exchanges }, null, 2)}\n`);
}
