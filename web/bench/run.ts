/**
 * Benchmarks the site in Chromium. `--json FILE` writes the figures; `--tutorial DIR` also measures SpacetimeDB's React
 * client, from a copy of `templates/chat-react-ts` of its repository. `--only load` measures only the time until the
 * newest message is shown, over `--rounds` rounds. Figures are medians over new browser profiles.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launch } from '../tools/browser/launch-browser.ts';
import { openSeededSite } from '../tools/pages/site.ts';
import { buildSiteIfStale } from '../tools/build-site.ts';
import { buildTutorial, site, type Client } from './clients.ts';
import { compareLoads, CONDITIONS, mediansOf } from './load.ts';
import { Probe } from './probe.ts';

const ROUNDS = 3;
const HOUR = 3_600_000;

type Figures = Record<string, number>;
type Write = (text: string) => Promise<void>;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    tutorial: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '7' },
  },
});

async function repeated(times: number, measure: (n: number) => Promise<Figures>): Promise<Figures> {
  const rounds: Figures[] = [];
  for (let n = 0; n < times; n++) rounds.push(await measure(n));
  return mediansOf(rounds);
}

/**
 * Runs a measurement in a room with `count` messages of the last hour. The site keeps all of them.
 *
 * @param older number of additional messages from last week, which the site loads on scrolling up
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
      if (!ok) throw new Error(`The server rejected a message with status ${status}`);
    });
  } finally {
    await room.close();
  }
}

function list(browser: Browser, client: Client, count: number): Promise<Figures> {
  return inRoom(count, (uri, newest, write) =>
    repeated(ROUNDS, async (round) => {
      // Written last, so that the site shows it too.
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
    const ada = await Probe.open(browser, client, uri, newest);
    const bob = await Probe.open(browser, client, uri, newest);
    const sent = await repeated(20, async (n) => ({
      'sending to visible in the other browser, ms': await ada.send(`message to bob ${n}.`, bob),
    }));
    await Promise.all([ada.close(), bob.close()]);
    return sent;
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
const clients: Record<string, Client> = {
  'this site': site,
  ...(tutorial && { 'tutorial, React': tutorial }),
};

const loads: Record<string, Record<string, Figures>> = {};
for (const [name, conditions] of Object.entries(CONDITIONS)) {
  process.stderr.write(`cold load, ${name} …\n`);
  loads[name] = await inRoom(100, (uri, newest) =>
    compareLoads(browser, clients, uri, newest, conditions, Number(values.rounds)),
  );
}

const lists: Record<string, Figures> = {};
const exchanges: Record<string, Figures> = {};
for (const [name, client] of values.only === 'load' ? [] : Object.entries(clients)) {
  // The tutorial client renders every message: 100,000 take minutes.
  for (const size of client === site ? [1_000, 10_000, 100_000] : [1_000, 10_000]) {
    const label = `${name}, ${size.toLocaleString('en')} messages`;
    process.stderr.write(`${label} …\n`);
    lists[label] = await list(browser, client, size);
    // The tutorial client loads all messages at the start.
    if (client === site) Object.assign(lists[label], await prepend(browser, client, size, 500));
  }
  exchanges[name] = await exchange(browser, client);
}
await Promise.all([browser.close(), tutorial?.close()]);

for (const [name, figures] of Object.entries(loads)) {
  console.log(`cold load to the newest message, ${name}, ms`);
  print(figures);
  const [ours, theirs] = Object.values(figures).map((waterfall) => waterfall['newest message shown'] ?? NaN);
  if (ours !== undefined && theirs !== undefined) {
    console.log(
      `this site takes ${((100 * ours) / theirs).toFixed(0)} % of the time of the tutorial's client`,
    );
  }
}
if (values.only !== 'load') {
  print(lists);
  print(exchanges);
}
if (!tutorial) console.log('Skipped the tutorial client: pass its folder with --tutorial.');
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ loads, lists, exchanges }, null, 2)}\n`);
}
