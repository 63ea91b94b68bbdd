/**
 * The measurements of `npm run bench -- host` without clients, each in its own process: `measure.ts insert PROGRAM
 * ROWS FOLDER` (creates a folder with that many rows) or `measure.ts start PROGRAM ROWS FOLDER`. Prints JSON.
 */
import { readFile } from 'node:fs/promises';
import { startHost, type StartedHost } from 'spacetimedb-host';
import type { Inserts, Start } from './host-figures.ts';

const [, , what, programFile = '', rows = '', dataDir = ''] = process.argv;

const WARM_UP = 500;
const CALLS = 2_000;
/** Rows that one call of `fill` inserts. */
const FILL = 10_000;

const program = await readFile(programFile, 'utf8');
const name = 'chat';

function call(host: StartedHost, reducer: string, ...args: unknown[]): void {
  const outcome = host.call(reducer, args);
  if (outcome.tag !== 'ok') throw new Error(`${reducer}: ${outcome.message}`);
}

async function open(folder: string | undefined, count: number): Promise<StartedHost> {
  const host = await startHost({ program, name, ...(folder === undefined ? {} : { dataDir: folder }) });
  call(host, 'set_flood_limits', 0, 0, 0, 0, 0, 0, 0);
  call(host, 'set_room_limits', 0, 0, 0);
  for (let left = count; left > 0; left -= FILL) call(host, 'fill', Math.min(left, FILL), 1);
  return host;
}

/** The median call in milliseconds. */
function timeCalls(host: StartedHost): number {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + CALLS; n++) {
    const start = performance.now();
    call(host, 'send_message', `message ${n}, which is about as long as most are`);
    if (n >= WARM_UP) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[CALLS / 2] ?? NaN;
}

async function inserts(): Promise<Inserts> {
  const inMemory = await open(undefined, Number(rows));
  const perCall = timeCalls(inMemory);
  await inMemory.stop();
  const onDisk = await open(dataDir, Number(rows));
  const stored = timeCalls(onDisk);
  await onDisk.stop();
  return { call: perCall, stored };
}

async function starts(): Promise<Start> {
  const start = performance.now();
  const host = await startHost({ program, name, dataDir });
  const ms = performance.now() - start;
  const memory = process.memoryUsage().rss / 2 ** 20;
  await host.stop();
  return { ms, memory };
}

console.log(JSON.stringify(await (what === 'insert' ? inserts() : starts())));
process.exit(0);
