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
import { expect, onTestFinished, test, vi } from 'vitest';
import { startChatHost, withFolder, type ChatHost } from '../bench/chat-host.ts';
import { rollDice, roundsOf, type Dice } from './dice.ts';
import { DATABASE, Page, Program } from './fault-people.ts';
import { FaultyProxy } from './faulty-proxy.ts';

const ROUNDS = roundsOf('FAULT_ROUNDS', 3);
const PAGES = 3;
const STEPS = 30;
const SLOW = { timeout: 60_000, interval: 20 };

/** A host that can be killed and restarted on the same port and data. */
class MortalHost {
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

  get port(): number {
    return Number(new URL(this.#host.uri).port);
  }

  async die(): Promise<void> {
    const { port } = this;
    const exit = once(this.#host.process, 'exit');
    this.#host.process.kill('SIGKILL');
    await exit;
    this.#host = await startChatHost({ dataDir: this.#dataDir, port });
  }

  stop(): Promise<void> {
    return this.#host.stop();
  }

  /** Sends a message over HTTP, without the faulty network. */
  async say(text: string): Promise<void> {
    await this.#ask('call/send_message', JSON.stringify([text]));
  }

  /** The texts in the table, oldest first. */
  async table(): Promise<string[]> {
    const answer = await this.#ask('sql', 'SELECT sent, text FROM message');
    const [{ rows }] = (await answer.json()) as [{ rows: [[number], string][] }];
    return rows.sort(([[a]], [[b]]) => a - b).map(([, text]) => text);
  }

  async #ask(what: string, body: string): Promise<Response> {
    const { uri, ownerToken } = this.#host;
    const answer = await fetch(`${uri}/v1/database/${DATABASE}/${what}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${ownerToken}`, 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  }
}

// The SDK logs each failed attempt at any log level.
vi.spyOn(console, 'log').mockImplementation(() => undefined);

interface World {
  readonly host: MortalHost;
  /** Between the pages and the host. */
  readonly proxy: FaultyProxy;
  /** Between the program and the host: the bare SDK never gives up a half-open connection. */
  readonly programProxy: FaultyProxy;
  readonly pages: readonly Page[];
  readonly program: Program;
}

async function withWorld(dice: Dice, use: (world: World) => Promise<void>): Promise<void> {
  await withFolder(async (dataDir) => {
    const host = await MortalHost.start(dataDir);
    const proxy = await FaultyProxy.open(host.port, dice.fork('proxy'));
    const programProxy = await FaultyProxy.open(host.port, dice.fork('program proxy'));
    onTestFinished(() => Promise.all([proxy.close(), programProxy.close()]).then(() => undefined));
    const pages = Array.from({ length: PAGES }, (_, n) => new Page(`page ${n}`, proxy.uri));
    await use({ host, proxy, programProxy, pages, program: new Program('program', programProxy.uri) });
    await host.stop();
  });
}

/** A period of faults. @returns how many connections of pages it leaves half open */
async function suffer({ host, proxy, programProxy, pages, program }: World, dice: Dice): Promise<number> {
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
  await host.say(news);
  const isSettled = (page: Page): boolean =>
    page.isReady && page.texts.includes(news) && page.messages.every(({ status }) => status !== 'pending');
  await vi.waitFor(
    () => expect(pages.filter((page) => !isSettled(page)).map(({ state }) => state)).toEqual([]),
    SLOW,
  );
}

async function check({ host, pages, program }: World): Promise<void> {
  const before = new Set(await host.table());
  for (const { messages } of pages) {
    for (const { status, text } of messages) {
      if (status === 'failed') expect(before, 'a message shown as failed').not.toContain(text);
    }
  }
  for (const page of pages) await page.retryFailed();
  await program.look();

  const table = await host.table();
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
    await withWorld(dice, async (world) => {
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
    });
  },
  60_000 + ROUNDS * 30_000,
);

test('a message that was given up but still reaches the host is shown once and not as failed', async () => {
  await withWorld(rollDice('FAULT_SEED'), async (world) => {
    const { host, proxy, pages } = world;
    await recover(world, 'news');
    const page = pages[0] as Page;
    const letGo = proxy.hold();
    page.send();
    const [late] = page.sent;
    // No answer comes: the page reconnects and does not find its message.
    page.wake();
    await vi.waitFor(() => expect(page.messages).toMatchObject([{}, { text: late, status: 'failed' }]), SLOW);
    expect(await host.table()).toEqual(['news']);
    page.send();
    await vi.waitFor(() => expect(page.confirmed.size).toBe(1), SLOW);
    letGo();
    await vi.waitFor(
      () => expect(page.messages.map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']),
      SLOW,
    );
    // It arrived last, so everyone shows it last.
    expect(await host.table()).toEqual(['news', page.sent[1], late]);
    for (const { texts } of pages)
      await vi.waitFor(() => expect(texts).toEqual(['news', page.sent[1], late]), SLOW);
  });
}, 120_000);

test('pages notice half-open connections without being told', async () => {
  await withWorld(rollDice('FAULT_SEED'), async (world) => {
    await recover(world, 'news before');
    world.proxy.silence();
    await recover(world, 'news behind their backs');
  });
}, 120_000);
