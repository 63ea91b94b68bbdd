/**
 * `npm run bench`: runs all benchmarks, or the named ones: `npm run bench -- stores decoding host features browser`.
 * `--json FILE` writes their figures; `--tutorial DIR`, `--only load` and `--rounds N` apply to the browser,
 * see `web/bench/run.ts`.
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
  features: 'spacetimedb/bench/features.ts',
  browser: 'web/bench/run.ts',
};

async function run(name: string, options: readonly string[]): Promise<unknown> {
  const script = BENCHMARKS[name];
  if (script === undefined)
    throw new Error(`Unknown benchmark “${name}”. Available: ${Object.keys(BENCHMARKS).join(', ')}.`);
  console.log(`\n${name}`);
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const json = path.join(folder, 'figures.json');
    const args = ['--conditions=source', '--import=tsx', script, '--json', json, ...options];
    const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    if (status !== 0) throw new Error(`Benchmark “${name}” failed.`);
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
