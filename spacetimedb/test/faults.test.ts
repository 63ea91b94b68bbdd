/**
 * Pages and programs talk to the host over a network that breaks, delays, splits and truncates what they send, while
 * the host is killed repeatedly. The seed decides every fault and step; the machine's timing decides which bytes they
 * hit. `FAULT_SEED=… FAULT_ROUNDS=300 npx vitest run --project isolated spacetimedb/test/faults.test.ts`
 *
 * The guarantees once the network works again:
 * - A confirmed message is in the table. A message that the page shows as failed is not. Nothing is resent
 * automatically: a page that lost the answer to a call learns from the rows whether it took effect.
 * - After authors resend what failed, every message is in the table exactly once, and every page and program shows
 * the table in its order.
 * - Messages of one author that never failed are in the order in which they were sent.
 */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { startHost } from 'spacetimedb-host';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startChatHost, withFolder, type ChatHost } from '../bench/chat-host.ts';
import { liftRoomLimits } from '../bench/room-limits.ts';
import { rollDice, roundsOf, type Dice } from './dice.ts';
import { DATABASE, Page, Program } from './fault-people.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { chatProgram } from './room.ts';

const ROUNDS = roundsOf('FAULT_ROUNDS', 3);
const PAGES = 3;
const STEPS = 30;
const SLOW = { timeout: 60_000, interval: 20 };

/** A host with the room. */
interface Server {
  readonly uri: string;
  readonly ownerToken: string;
  stop(): Promise<void>;
}

/** A host that can be killed and restarted on the same port and data. */
class MortalHost implements Server {
  readonly #dataDir: string;
  #host: ChatHost;

  static async start(dataDir: string): Promise<MortalHost> {
    return new MortalHost(dataDir, await startChatHost({ dataDir }));
  }

  private constructor(dataDir: string, host: ChatHost) {
    this.#dataDir = dataDir;
    this.#host = host;
    onTestFinished(() => void this.#host.process.kill('SIGKILL'));
  }

  get uri(): string {
    return this.#host.uri;
  }

  get ownerToken(): string {
    return this.#host.ownerToken;
  }

  async die(): Promise<void> {
    const exit = once(this.#host.process, 'exit');
    this.#host.process.kill('SIGKILL');
    await exit;
    this.#host = await startChatHost({ dataDir: this.#dataDir, port: portOf(this) });
  }

  stop(): Promise<void> {
    return this.#host.stop();
  }
}

const portOf = ({ uri }: Server) => Number(new URL(uri).port);

/** Sends a message over HTTP, without the faulty network. */
async function say(host: Server, text: string): Promise<void> {
  await ask(host, 'call/send_message', JSON.stringify([text]));
}

/** The texts in the table, oldest first. */
async function tableOf(host: Server): Promise<string[]> {
  const answer = await ask(host, 'sql', 'SELECT sent, text FROM message');
  const [{ rows }] = (await answer.json()) as [{ rows: [[number], string][] }];
  return rows.sort(([[a]], [[b]]) => a - b).map(([, text]) => text);
}

async function ask({ uri, ownerToken }: Server, what: string, body: string): Promise<Response> {
  const answer = await fetch(`${uri}/v1/database/${DATABASE}/${what}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${ownerToken}`, 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

// The SDK logs each failed attempt at any log level.
vi.spyOn(console, 'log').mockImplementation(() => undefined);

interface World<Host extends Server = Server> {
  readonly host: Host;
  /** Between the pages and the host. */
  readonly proxy: FaultyProxy;
  /** Between the program and the host: the bare SDK never gives up a half-open connection. */
  readonly programProxy: FaultyProxy;
  readonly pages: readonly Page[];
  readonly program: Program;
}

/** The room on a host, and people behind a network that can fail. They end with the test. */
async function openWorld<Host extends Server>(host: Host, dice: Dice): Promise<World<Host>> {
  const proxy = await FaultyProxy.open(portOf(host), dice.fork('proxy'));
  const programProxy = await FaultyProxy.open(portOf(host), dice.fork('program proxy'));
  onTestFinished(() => Promise.all([proxy.close(), programProxy.close()]).then(() => undefined));
  const pages = Array.from({ length: PAGES }, (_, n) => new Page(`page ${n}`, proxy.uri));
  return { host, proxy, programProxy, pages, program: new Program('program', programProxy.uri) };
}

/** A world whose host lives as long as the test, in its process. */
async function openSafeWorld(): Promise<World> {
  const host = await startHost({ program: await chatProgram(), name: DATABASE });
  onTestFinished(() => host.stop());
  await liftRoomLimits({ uri: host.uri, database: DATABASE, ownerToken: host.ownerToken });
  return openWorld(host, rollDice('FAULT_SEED'));
}

/** Runs a period of faults. @returns how many connections of pages are half open at the end */
async function suffer(
  { host, proxy, programProxy, pages, program }: World<MortalHost>,
  dice: Dice,
): Promise<number> {
  proxy.harm();
  programProxy.harm();
  const death = dice.chance(0.3) ? dice.below(STEPS) : undefined;
  let dying = Promise.resolve();
  let sending = Promise.resolve();
  for (let step = 0; step < STEPS; step++) {
    const page = pages[dice.below(PAGES)] as Page;
    for (let n = dice.below(4); n > 0; n--) page.send();
    if (dice.chance(0.3)) sending = sending.then(() => program.send());
    if (dice.chance(0.03)) page.wake();
    // A fault of all connections at once, as when a router restarts.
    if (dice.chance(0.03)) proxy.breakAll();
    if (step === death) dying = host.die();
    await wait(dice.below(40));
  }
  await dying;
  if (dice.chance(0.5)) proxy.stallSome(dice);
  proxy.heal();
  const { stalled } = proxy;
  programProxy.heal();
  programProxy.breakAll();
  await sending;
  return stalled;
}

/**
 * Waits until every page is connected and knows what happened to its messages. Receiving a new message shows that its
 * connection is not half open.
 *
 * @param news a text that has not been sent before
 */
async function recover({ host, pages }: World, news: string): Promise<void> {
  await say(host, news);
  const isSettled = (page: Page): boolean =>
    page.isReady && page.texts.includes(news) && page.messages.every(({ status }) => status !== 'pending');
  await vi.waitFor(
    () => expect(pages.filter((page) => !isSettled(page)).map(({ state }) => state)).toEqual([]),
    SLOW,
  );
}

async function check({ host, pages, program }: World): Promise<void> {
  const before = new Set(await tableOf(host));
  for (const { messages } of pages) {
    for (const { status, text } of messages) {
      if (status === 'failed') expect(before, 'a message shown as failed').not.toContain(text);
    }
  }
  for (const page of pages) await page.retryFailed();
  await program.look();

  const table = await tableOf(host);
  const stored = new Set(table);
  expect(stored.size, 'each message once').toBe(table.length);
  const all = pages.flatMap(({ sent }) => sent);
  expect(
    all.filter((text) => !stored.has(text)),
    'lost messages of pages',
  ).toEqual([]);
  for (const text of program.confirmed) expect(stored).toContain(text);
  const own = new Set([...all, ...program.sent]);
  expect(
    table.filter((text) => !own.has(text) && !text.startsWith('news')),
    'unexpected messages',
  ).toEqual([]);

  await vi.waitFor(() => {
    for (const { name, texts } of pages) expect(texts, name).toEqual(table);
  }, SLOW);
  for (const { messages } of pages)
    expect(new Set(messages.map(({ status }) => status))).toEqual(new Set(['sent']));
  expect(program.texts).toEqual(table);
  for (const { sent, failed, name } of pages) {
    const quiet = new Set(sent.filter((text) => !failed.has(text)));
    expect(
      table.filter((text) => quiet.has(text)),
      `the order of ${name}`,
    ).toEqual([...quiet]);
  }
  const programs = new Set(program.sent);
  expect(table.filter((text) => programs.has(text))).toEqual(program.sent.filter((text) => stored.has(text)));
}

test(
  `after ${ROUNDS} rounds of network faults and host crashes, everyone has the same messages, each once and in order`,
  async () => {
    const dice = rollDice('FAULT_SEED');
    await withFolder(async (dataDir) => {
      const world = await openWorld(await MortalHost.start(dataDir), dice);
      let halfOpen = 0;
      for (let round = 0; round < ROUNDS; round++) {
        halfOpen += await suffer(world, dice.fork(`round ${round}`));
        await recover(world, `news ${round}`);
        await check(world);
      }
      const failed = world.pages.reduce((sum, page) => sum + page.failed.size, 0);
      const sent = world.pages.reduce((sum, page) => sum + page.sent.length, 0);
      const { program } = world;
      console.info(
        `${ROUNDS} rounds: ${sent} messages of pages, ${failed} of which failed at first; ${program.sent.length} of a program, ${program.confirmed.size} confirmed; ${halfOpen} connections of pages left half open`,
      );
      await world.host.stop();
    });
  },
  60_000 + ROUNDS * 30_000,
);

test('a message that was given up but still reaches the host is shown once and not as failed', async () => {
  const world = await openSafeWorld();
  const { host, proxy, pages } = world;
  await recover(world, 'news');
  const page = pages[0] as Page;
  const letGo = proxy.hold();
  page.send();
  const [late] = page.sent;
  // No answer comes: the page reconnects and does not find its message.
  page.wake();
  await vi.waitFor(() => expect(page.messages).toMatchObject([{}, { text: late, status: 'failed' }]), SLOW);
  expect(await tableOf(host)).toEqual(['news']);
  page.send();
  await vi.waitFor(() => expect(page.confirmed.size).toBe(1), SLOW);
  letGo();
  await vi.waitFor(
    () => expect(page.messages.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']),
    SLOW,
  );
  // It arrived last, so everyone shows it last.
  expect(await tableOf(host)).toEqual(['news', page.sent[1], late]);
  for (const { texts } of pages)
    await vi.waitFor(() => expect(texts).toEqual(['news', page.sent[1], late]), SLOW);
}, 120_000);

test('pages notice half-open connections without being told', async () => {
  const world = await openSafeWorld();
  await recover(world, 'news before');
  world.proxy.silence();
  await recover(world, 'news behind their backs');
}, 120_000);
