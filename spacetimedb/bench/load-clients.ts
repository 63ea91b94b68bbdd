/** Some of the clients of `npm run load`, in their own process: official SDK clients, each with its own identity. */
import { setTimeout as wait } from 'node:timers/promises';
import '../test/setup.ts';
import { join, subscribe, type Person } from '../test/server.ts';
import { Histogram } from './histogram.ts';
import { Ledger, type Sent } from './ledger.ts';
import {
  parseText,
  textOf,
  type FromClients,
  type Plan,
  type Progress,
  type ToClients,
} from './load-messages.ts';

const PROGRESS_MS = 500;
/** Number of clients that connect at the same time. */
const CONNECTING = 8;
/** Missing messages count as lost after this long without any message. */
const PATIENCE_MS = 15_000;

const plan = JSON.parse(process.argv[2] ?? '') as Plan;
const { run, clients, from, to, observers, rate, total } = plan;
const server = { ...plan, stop: () => Promise.resolve() };

/** All processes on a machine share the wall clock. This reads it with a finer resolution than `Date.now()`. */
const now = (): number => performance.timeOrigin + performance.now();

const answers = new Histogram();
const sights = new Histogram();
const ledgers: Ledger[] = [];
let problem: string | undefined;
let progress: Progress = { sent: 0, answered: 0, refused: 0, disconnected: 0 };

interface Sender {
  readonly person: Person;
  count: number;
  readonly unanswered: Set<number>;
}

function tell(message: FromClients): void {
  process.send?.(message);
}

async function connect(number: number): Promise<Sender> {
  const person = await join(server, { compression: 'none', confirmedReads: true });
  if (number < observers) {
    const ledger = new Ledger();
    ledgers.push(ledger);
    person.connection.db.message.onInsert((_context, { text }) => {
      const message = parseText(run, text);
      if (!message) return;
      ledger.see(message.sender, message.n);
      if (message.sender !== number) sights.record(now() - message.at);
    });
    // A little earlier, because the server's clock may differ. The run's name excludes other messages.
    const since = new Date(Date.now() - 60_000).toISOString();
    await subscribe(person, 'SELECT * FROM user', `SELECT * FROM message WHERE sent >= '${since}'`);
  }
  return { person, count: 0, unanswered: new Set() };
}

async function connectAll(): Promise<Sender[]> {
  const senders: Sender[] = [];
  const numbers = Array.from({ length: to - from }, (_, n) => from + n);
  const connecting = Array.from({ length: CONNECTING }, async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      senders[number - from] = await connect(number);
    }
  });
  await Promise.all(connecting);
  return senders;
}

function send(sender: Sender, number: number): void {
  const n = sender.count++;
  sender.unanswered.add(n);
  progress = { ...progress, sent: progress.sent + 1 };
  const called = now();
  sender.person.connection.reducers.sendMessage({ text: textOf(run, number, n, called) }).then(
    () => {
      answers.record(now() - called);
      sender.unanswered.delete(n);
      progress = { ...progress, answered: progress.answered + 1 };
    },
    (error: Error) => {
      problem ??= error.message;
      progress = { ...progress, refused: progress.refused + 1 };
    },
  );
}

/** Message k is due `k / rate` seconds after the start, whether earlier ones are answered or not. */
async function sendAll(senders: readonly Sender[], start: number): Promise<void> {
  for (let k = 0; k < total; k++) {
    const number = k % clients;
    const sender = senders[number - from];
    if (!sender) continue;
    const due = start + (k * 1000) / rate;
    if (due > now()) await wait(due - now());
    if (senders.every(({ person }) => !person.connection.isActive)) return;
    send(sender, number);
  }
}

/** Waits until `isDone`, or until nothing has arrived for a while. */
async function untilDone(isDone: () => boolean): Promise<void> {
  const state = (): number =>
    ledgers.reduce((sum, { seen }) => sum + seen, progress.answered + progress.refused);
  let [last, since] = [state(), now()];
  while (!isDone() && now() - since < PATIENCE_MS) {
    await wait(20);
    if (state() !== last) [last, since] = [state(), now()];
  }
}

function reported(senders: readonly Sender[]): (readonly [number, Sent])[] {
  return senders.map(
    ({ count, unanswered }, n) => [from + n, { count, unanswered: [...unanswered] }] as const,
  );
}

/** @param all what all clients sent, including those of other processes */
async function report(all: ReadonlyMap<number, Sent>): Promise<void> {
  const lost = (): number => ledgers.reduce((sum, ledger) => sum + ledger.lost(all), 0);
  await untilDone(() => lost() === 0);
  tell({
    tag: 'report',
    report: {
      answers: answers.toJSON(),
      sights: sights.toJSON(),
      lost: lost(),
      doubled: ledgers.reduce((sum, { doubled }) => sum + doubled, 0),
      outOfOrder: ledgers.reduce((sum, { outOfOrder }) => sum + outOfOrder, 0),
      orders: ledgers.map(({ order }) => order),
      problem,
    },
  });
}

// The parent command has exited.
process.on('disconnect', () => process.exit(1));
const senders = await connectAll().catch((error: Error) => {
  tell({ tag: 'failed', reason: error.message });
  // The parent command ends this process after reading the report.
  return new Promise<never>(() => undefined);
});
setInterval(() => {
  const disconnected = senders.filter(({ person }) => !person.connection.isActive).length;
  progress = { ...progress, disconnected };
  tell({ tag: 'progress', progress });
}, PROGRESS_MS).unref();
process.on('message', async (message: ToClients) => {
  if (message.tag === 'finish') return report(new Map(message.sent));
  await sendAll(senders, message.at);
  await untilDone(() => progress.answered + progress.refused === progress.sent);
  tell({ tag: 'progress', progress });
  tell({ tag: 'sent', sent: reported(senders) });
});
tell({ tag: 'connected' });
