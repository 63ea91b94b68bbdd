/** `npm run load`: see `USAGE`. */
import { writeFile } from 'node:fs/promises';
import { failInOneLine, UsageError } from 'spacetimedb-host';
import { startChatHost, withFolder } from './chat-host.ts';
import { ClientProcess } from './client-process.ts';
import { disagreeing, type Sent } from './ledger.ts';
import { Histogram } from './histogram.ts';
import { parseText, type Plan, type Report } from './load-messages.ts';
import { readLoadOptions, USAGE, type LoadOptions } from './load-options.ts';
import { MemoryLog } from './process-figures.ts';
import { liftRoomLimits } from './room-limits.ts';

/** Seconds between two lines of progress. */
const PROGRESS_SECONDS = 5;

interface Target {
  readonly uri: string;
  readonly database: string;
  readonly ownerToken: string | undefined;
  /** The host's process id; absent for another server. */
  readonly pid: number | undefined;
}

/** The results of a run. Durations in milliseconds. */
interface Outcome {
  readonly clients: number;
  readonly sent: number;
  readonly answered: number;
  readonly refused: number;
  readonly callsPerSecond: number;
  readonly answer: { readonly p50: number; readonly p99: number };
  readonly sight: { readonly p50: number; readonly p99: number };
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly disconnected: number;
  /** Megabytes by seconds since the start. */
  readonly memory: readonly { readonly second: number; readonly megabytes: number }[];
  readonly problem: string | undefined;
}

async function withTarget<T>({ server }: LoadOptions, use: (target: Target) => Promise<T>): Promise<T> {
  if (!server) {
    return withFolder(async (dataDir) => {
      const host = await startChatHost({ dataDir });
      try {
        return await use({ ...host, pid: host.process.pid });
      } finally {
        await host.stop();
      }
    });
  }
  const { uri, database, ownerToken } = server;
  await checkServer(uri, database);
  if (ownerToken === undefined) {
    console.log(
      'Without OWNER_TOKEN the limits of the room and of the server hold: messages beyond them are refused, and clients beyond them cannot connect.',
    );
    return use({ ...server, pid: undefined });
  }
  const putBack = await liftRoomLimits({ uri, database, ownerToken });
  try {
    return await use({ ...server, pid: undefined });
  } finally {
    await putBack();
  }
}

/** @throws {Error} when the server or the database is not reachable */
async function checkServer(uri: string, database: string): Promise<void> {
  const answer = await fetch(new URL(`/v1/database/${database}`, uri)).catch(() => undefined);
  if (!answer) throw new Error(`No response from ${uri} (SPACETIMEDB_URI)`);
  if (!answer.ok)
    throw new Error(`${uri} has no database ${database} (DATABASE): it answers ${answer.status}`);
}

async function drive(options: LoadOptions, target: Target, processes: ClientProcess[]): Promise<Outcome> {
  const { clients, rate, seconds, observers } = options;
  const run = crypto.randomUUID().slice(0, 8);
  const total = Math.max(1, Math.round(rate * seconds));
  const { uri, database } = target;
  const plan = { uri, database, run, clients, observers, rate, total };
  console.log(`${clients} clients connect to ${uri} …`);
  const share = clients / options.processes;
  for (let n = 0; n < options.processes; n++) {
    const part: Plan = { ...plan, from: Math.round(n * share), to: Math.round((n + 1) * share) };
    processes.push(new ClientProcess(part));
  }
  await Promise.all(processes.map((each) => each.connected));

  const memory = new MemoryLog(target.pid);
  // Half a second, so that every process is ready by then.
  const start = Date.now() + 500;
  const progressTimer = setInterval(() => printProgress(processes, start, memory), PROGRESS_SECONDS * 1000);
  try {
    const parts = await Promise.all(processes.map((each) => each.send(start)));
    const elapsed = (Date.now() - start) / 1000;
    const sent = parts.flat();
    const reports = await Promise.all(processes.map((each) => each.finish(sent)));
    const inTable = await checkTable(target, run, start, new Map(sent));
    await memory.stop();
    const { answers, sights, ...counts } = combined(reports);
    return {
      clients,
      ...totals(processes),
      callsPerSecond: totals(processes).answered / elapsed,
      answer: { p50: answers.percentile(0.5), p99: answers.percentile(0.99) },
      sight: { p50: sights.percentile(0.5), p99: sights.percentile(0.99) },
      ...counts,
      lost: counts.lost + inTable.lost,
      doubled: counts.doubled + inTable.doubled,
      memory: memory.samples,
    };
  } finally {
    clearInterval(progressTimer);
    memory.end();
  }
}

function totals(processes: readonly ClientProcess[]) {
  const sum = (key: keyof ClientProcess['progress']): number =>
    processes.reduce((all, { progress }) => all + progress[key], 0);
  return {
    sent: sum('sent'),
    answered: sum('answered'),
    refused: sum('refused'),
    disconnected: sum('disconnected'),
  };
}

function combined(reports: readonly Report[]) {
  const [answers, sights] = [new Histogram(), new Histogram()];
  for (const report of reports) {
    answers.add(report.answers);
    sights.add(report.sights);
  }
  const sum = (key: 'lost' | 'doubled' | 'outOfOrder'): number =>
    reports.reduce((all, report) => all + report[key], 0);
  return {
    answers,
    sights,
    lost: sum('lost'),
    doubled: sum('doubled'),
    outOfOrder: sum('outOfOrder') + disagreeing(reports.flatMap(({ orders }) => orders)),
    problem: reports.find(({ problem }) => problem !== undefined)?.problem,
  };
}

/** Checks the table itself, independently of what the clients saw. */
async function checkTable(
  { uri, database, ownerToken }: Target,
  run: string,
  start: number,
  all: ReadonlyMap<number, Sent>,
): Promise<{ lost: number; doubled: number }> {
  const since = new Date(start - 60_000).toISOString();
  const answer = await fetch(new URL(`/v1/database/${database}/sql`, uri), {
    method: 'POST',
    body: `SELECT text FROM message WHERE sent >= '${since}'`,
    headers: ownerToken === undefined ? {} : { authorization: `Bearer ${ownerToken}` },
  }).catch(() => undefined);
  if (!answer) throw new Error(`${uri} no longer responds, so the messages could not be read`);
  if (!answer.ok) throw new Error(`The messages could not be read back: ${await answer.text()}`);
  const [{ rows }] = (await answer.json()) as [{ rows: [text: string][] }];
  const times = new Map<string, number>();
  let doubled = 0;
  for (const [text] of rows) {
    const message = parseText(run, text);
    if (!message) continue;
    const key = `${message.sender} ${message.n}`;
    if (times.has(key)) doubled++;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  let lost = 0;
  for (const [sender, { count, unanswered }] of all) {
    const open = new Set(unanswered);
    for (let n = 0; n < count; n++) if (!open.has(n) && !times.has(`${sender} ${n}`)) lost++;
  }
  return { lost, doubled };
}

function printProgress(processes: readonly ClientProcess[], start: number, memory: MemoryLog): void {
  const seconds = Math.max(0, Math.round((Date.now() - start) / 1000));
  const { sent, answered, refused, disconnected } = totals(processes);
  const rate = seconds > 0 ? (answered / seconds).toFixed(1) : '0';
  const troubles = [refused > 0 && `${refused} refused`, disconnected > 0 && `${disconnected} disconnected`];
  const megabytes = memory.samples.at(-1)?.megabytes;
  console.log(
    [
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
      `${sent} sent`,
      `${answered} answered (${rate} a second)`,
      ...troubles.filter(Boolean),
      ...(megabytes === undefined ? [] : [`host ${megabytes.toFixed(0)} MB`]),
    ].join(', '),
  );
}

function printOutcome({ answer, sight, memory, ...outcome }: Outcome): void {
  const ms = ({ p50, p99 }: Outcome['answer']) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  const all = memory.map(({ megabytes }) => megabytes);
  const lines = {
    'calls a second': outcome.callsPerSecond.toFixed(1),
    'sent, answered, refused': `${outcome.sent}, ${outcome.answered}, ${outcome.refused}`,
    'call to answer': ms(answer),
    "call to another's sight": ms(sight),
    lost: outcome.lost,
    doubled: outcome.doubled,
    'out of order': outcome.outOfOrder,
    disconnected: outcome.disconnected,
    ...(all.length > 0 && {
      'memory of the host': `${all[0]?.toFixed(0)} MB at the start, ${Math.max(...all).toFixed(0)} MB at most, ${all.at(-1)?.toFixed(0)} MB at the end`,
    }),
    ...(outcome.problem !== undefined && { 'first refusal': outcome.problem }),
  };
  console.log('');
  for (const [name, value] of Object.entries(lines)) console.log(`${name.padEnd(26)}${value}`);
}

try {
  const options = readLoadOptions(process.argv.slice(2), process.env);
  if (!options) {
    console.log(USAGE);
  } else {
    const processes: ClientProcess[] = [];
    const stopAll = (): void => processes.forEach((each) => each.stop());
    let isInterrupted = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        isInterrupted = true;
        // The run fails with its clients, and everything started is stopped on the way out.
        stopAll();
      });
    }
    const outcome = await withTarget(options, (target) =>
      drive(options, target, processes).finally(stopAll),
    ).catch((error: unknown) => {
      throw isInterrupted ? new Error('Interrupted') : error;
    });
    printOutcome(outcome);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(outcome, null, 2)}\n`);
    const { lost, doubled, outOfOrder, disconnected, answered } = outcome;
    process.exit(lost + doubled + outOfOrder + disconnected > 0 || answered === 0 ? 1 : 0);
  }
} catch (error) {
  if (error instanceof UsageError) failInOneLine(error, 2, ' (npm run load -- --help)');
  failInOneLine(error);
}
