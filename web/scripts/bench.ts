/**
 * `npm run bench`: all benchmarks, or those named: `npm run bench -- stores decoding host browser`. `--json FILE` writes the
 * figures of all of them; `--tutorial DIR`, `--only load` and `--rounds N` are for the browser, see `web/bench/run.ts`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { failInOneLine } from 'spacetimedb-host';
import { ROOT } from '../tools/environment.ts';

const BENCHMARKS: Record<string, string> = {
  stores: 'adapters/bench/run.ts',
  decoding: 'adapters/bench/decode.ts',
  host: 'spacetimedb/bench/host.ts',
  browser: 'web/bench/run.ts',
};

async function run(name: string, options: readonly string[]): Promise<unknown> {
  const script = BENCHMARKS[name];
  if (script === undefined)
    throw new Error(`There is no benchmark called ${name}, only ${Object.keys(BENCHMARKS).join(', ')}.`);
  console.log(`\n${name}`);
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const json = path.join(folder, 'figures.json');
    const words = ['--conditions=source', '--import=tsx', script, '--json', json, ...options];
    const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' });
    if (status !== 0) throw new Error(`The benchmark ${name} failed.`);
    return JSON.parse(await readFile(json, 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'string' },
      tutorial: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
    },
    allowPositionals: true,
  });
  const tutorial = values.tutorial === undefined ? [] : ['--tutorial', path.resolve(values.tutorial)];
  const inBrowser = [
    ...tutorial,
    ...(values.only === undefined ? [] : ['--only', values.only]),
    ...(values.rounds === undefined ? [] : ['--rounds', values.rounds]),
  ];
  const figures: Record<string, unknown> = {};
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
    figures[name] = await run(name, name === 'browser' ? inBrowser : []);
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
} catch (error) {
  failInOneLine(error);
}
