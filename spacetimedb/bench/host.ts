/**
 * `npm run bench -- host`: the throughput of the embedded host, on disk and with official SDK clients. Each figure is
 * the median of several rounds. `--json FILE` writes all of them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleModule } from 'spacetimedb-host';
import { startChatHost, withFolder, type ChatHost } from './chat-host.ts';
import type { FanOut, HostFigures, Inserts, Start, Throughput } from './host-figures.ts';

const CLIENTS = [1, 10, 100] as const;
const SIZES = [1_000, 100_000, 1_000_000] as const;
const ROUNDS = 3;
const SECONDS = 4;
const FAN_OUT = { clients: 100, messages: 100 } as const;

type Figures = Readonly<Record<string, number>>;

/** Runs a script of this folder in its own process. @returns its parsed output */
async function run<T extends Figures>(script: string, ...words: readonly unknown[]): Promise<T> {
  const file = path.join(import.meta.dirname, script);
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=8192', '--conditions=source', '--import=tsx', file, ...words.map(String)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ${words.join(' ')} failed`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as T;
}

function medianOf<T extends Figures>(rounds: readonly T[]): T {
  const medians = Object.keys(rounds[0] ?? {}).map((key) => {
    const sorted = rounds.map((round) => round[key] ?? NaN).sort((a, b) => a - b);
    return [key, sorted[Math.floor(sorted.length / 2)]];
  });
  return Object.fromEntries(medians) as T;
}

/** @param measure gets the number of the round, from 0 */
async function repeated<T extends Figures>(measure: (round: number) => Promise<T>): Promise<T> {
  const rounds: T[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(round));
  return medianOf(rounds);
}

const { values } = parseArgs({ options: { json: { type: 'string' } } });

/** Each round has its own host, so that all start with an empty room. */
async function withHost<T>(measure: (host: ChatHost) => Promise<T>): Promise<T> {
  return withFolder(async (dataDir) => {
    const host = await startChatHost({ dataDir });
    try {
      return await measure(host);
    } finally {
      await host.stop();
    }
  });
}

function log(text: string): void {
  process.stderr.write(`${text} …\n`);
}

const byClients: Record<string, Throughput> = {};
for (const clients of CLIENTS) {
  log(`${clients} clients`);
  byClients[clients] = await repeated(() =>
    withHost(({ uri, database, process: { pid } }) =>
      run<Throughput & Figures>('drive.ts', 'throughput', uri, database, clients, SECONDS, pid),
    ),
  );
}
log(`fan-out to ${FAN_OUT.clients} clients`);
const fanOut = await repeated(() =>
  withHost((host) =>
    run<FanOut & Figures>('drive.ts', 'fan-out', host.uri, host.database, FAN_OUT.clients, FAN_OUT.messages),
  ),
);

const inserts: Record<string, Inserts> = {};
const starts: Record<string, Start> = {};
await withFolder(async (folder) => {
  const program = path.join(folder, 'program.mjs');
  await writeFile(program, await bundleModule(path.join(import.meta.dirname, 'module')));
  for (const size of SIZES) {
    log(`${size.toLocaleString('en')} messages`);
    const dataDir = (round: number) => path.join(folder, `${size}-${round}`);
    inserts[size] = await repeated(async (round) => {
      await mkdir(dataDir(round));
      return run<Inserts & Figures>('measure.ts', 'insert', program, size, dataDir(round));
    });
    starts[size] = await repeated((round) =>
      run<Start & Figures>('measure.ts', 'start', program, size, dataDir(round)),
    );
  }
});

const figures: HostFigures = { throughput: byClients, fanOut, inserts, starts };
print(figures);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);

function print({ throughput, fanOut, inserts, starts }: HostFigures): void {
  console.log('\ndurable send_message, each client waiting for the answer before it sends the next one');
  table(throughput, 'clients', ({ perSecond, p50, p99, hostCpu, clientCpu }) => ({
    'calls a second': perSecond.toFixed(0),
    'p50, ms': rounded(p50),
    'p99, ms': rounded(p99),
    'host, cores': rounded(hostCpu),
    'clients, cores': rounded(clientCpu),
  }));
  const { p50, p99 } = fanOut;
  console.log(
    `\na message until the last of ${FAN_OUT.clients} clients has it: p50 ${rounded(p50)} ms, p99 ${rounded(p99)} ms`,
  );
  console.log('\none send_message in a room of so many messages');
  table(inserts, 'messages', ({ call, stored }) => ({
    'in memory, ms': rounded(call),
    'on disk, without the wait for it, ms': rounded(stored),
  }));
  const growth = (key: keyof Inserts): string => {
    const [first, last] = [inserts[SIZES[0]], inserts[SIZES[2]]];
    return rounded((last?.[key] ?? NaN) / (first?.[key] ?? NaN));
  };
  console.log(
    `With ${SIZES[2].toLocaleString('en')} messages it costs ${growth('call')} times what it costs with ${SIZES[0].toLocaleString('en')} in memory, and ${growth('stored')} times on disk.`,
  );
  console.log('\na start of the host');
  table(starts, 'messages', ({ ms, memory }) => ({ ms: ms.toFixed(0), 'memory, MB': memory.toFixed(0) }));
}

function table<T>(of: Readonly<Record<string, T>>, key: string, row: (value: T) => object): void {
  const entries = Object.entries(of).map(([name, value]) => [
    `${Number(name).toLocaleString('en')} ${key}`,
    row(value),
  ]);
  console.table(Object.fromEntries(entries));
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
