/**
 * A host is killed under load, repeatedly, on one data folder. The seed decides how much is in flight and after how
 * many answers the host is killed; the machine's timing decides which calls those are. `KILL_SEED=… KILL_ROUNDS=45
 * npx vitest run --project isolated spacetimedb/test/kill.test.ts`
 */
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { startChatHost, withFolder, type ChatHost } from '../bench/chat-host.ts';
import { rollDice, roundsOf } from './dice.ts';
import { join, subscribe, textsOf } from './server.ts';

const ROUNDS = roundsOf('KILL_ROUNDS', 3);
const CLIENTS = 4;
const MOST_IN_FLIGHT = 8;
const MOST_ANSWERS = 400;

/** What a client did in one round. */
interface Log {
  /** In the order of sending. */
  readonly sent: string[];
  readonly confirmed: Set<string>;
}

test(
  `${ROUNDS} SIGKILLs under load lose no confirmed message, duplicate nothing and keep the order`,
  async () => {
    const dice = rollDice('KILL_SEED');
    await withFolder(async (dataDir) => {
      let host = await startChatHost({ dataDir });
      onTestFinished(() => void host.process.kill('SIGKILL'));
      const port = Number(new URL(host.uri).port);
      const logs: Log[] = [];
      let confirmed = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const { logs: added, seen } = await writeUntilKilled(
          host,
          dice.fork(String(round)),
          `round ${round}`,
        );
        host = await startChatHost({ dataDir, port });
        logs.push(...added);
        confirmed += added.reduce((sum, log) => sum + log.confirmed.size, 0);
        await checkTable(host, logs, seen);
        await checkPresence(host);
      }
      console.info(`${ROUNDS} kills, ${confirmed} messages confirmed before them`);
      await host.stop();
    });
  },
  60_000 + ROUNDS * 20_000,
);

/** @returns the messages sent and confirmed until the host was killed, and those that another client saw */
async function writeUntilKilled(host: ChatHost, dice: ReturnType<typeof rollDice>, label: string) {
  const server = { ...host, stop: () => host.stop() };
  const observer = await join(server, { confirmedReads: true });
  await subscribe(observer, 'SELECT * FROM message');
  const people = await Promise.all(
    Array.from({ length: CLIENTS }, () => join(server, { confirmedReads: true })),
  );
  const gone = once(host.process, 'exit').then(() => 'gone' as const);
  let isGone = false;
  let left = 1 + dice.below(MOST_ANSWERS);
  const delay = dice.below(4);
  const confirm = (log: Log, text: string): void => {
    log.confirmed.add(text);
    // Delayed, so that the kill also hits moments in which something is being written.
    if (--left === 0) setTimeout(() => host.process.kill('SIGKILL'), delay);
  };
  const logs = people.map((): Log => ({ sent: [], confirmed: new Set() }));
  const writing = people.flatMap(({ connection }, client) =>
    Array.from({ length: 1 + dice.below(MOST_IN_FLIGHT) }, async () => {
      const log = logs[client] as Log;
      while (!isGone) {
        const text = `${label}, client ${client}, message ${log.sent.length}`;
        log.sent.push(text);
        // The SDK never settles a call whose connection is lost.
        const call = connection.reducers.sendMessage({ text }).then(() => 'confirmed' as const);
        if ((await Promise.race([call, gone])) === 'confirmed') confirm(log, text);
        else isGone = true;
      }
    }),
  );
  await gone;
  isGone = true;
  await Promise.all(writing);
  return { logs, seen: textsOf(observer) };
}

async function checkTable(host: ChatHost, logs: readonly Log[], seen: readonly string[]): Promise<void> {
  const rows = (await rowsOf(host, 'SELECT sent, sender, text FROM message'))
    .map(([sent, sender, text]) => ({ sent: micros(sent), sender: String(sender), text: text as string }))
    .sort((a, b) => Number(a.sent - b.sent));
  const texts = rows.map(({ text }) => text);
  const stored = new Set(texts);
  expect(stored.size, 'each message once').toBe(texts.length);
  expect(new Set(rows.map(({ sent }) => sent)).size, 'each at a different time').toBe(texts.length);
  for (const text of seen) if (!stored.has(text)) expect.fail(`“${text}” was shown to someone and is lost`);
  for (const { sent, confirmed } of logs) {
    for (const text of confirmed) if (!stored.has(text)) expect.fail(`“${text}” was confirmed and is lost`);
    // The stored messages of one client are a prefix of what it sent, in order.
    const own = new Set(sent);
    const kept = texts.filter((text) => own.has(text));
    expect(kept).toEqual(sent.slice(0, kept.length));
  }
}

/** After the restart, nobody from before is online. */
async function checkPresence(host: ChatHost): Promise<void> {
  const online = await rowsOf(host, 'SELECT identity FROM user WHERE online = true');
  const connected = await rowsOf(host, 'SELECT identity FROM live_connection');
  // The client that asks is online itself.
  expect([online.length, connected.length]).toEqual([1, 1]);
}

async function rowsOf({ uri, database, ownerToken }: ChatHost, statement: string): Promise<unknown[][]> {
  const answer = await fetch(`${uri}/v1/database/${database}/sql`, {
    method: 'POST',
    body: statement,
    headers: { authorization: `Bearer ${ownerToken}` },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as [{ rows: unknown[][] }])[0].rows;
}

/** A timestamp in SATS-JSON: one column with a number. */
function micros(timestamp: unknown): bigint {
  return BigInt(String((timestamp as unknown[])[0]));
}
