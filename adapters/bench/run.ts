/**
 * `npm run bench`: compares the stores with the bare SDK and the SDK's own Svelte binding, with the same rows in the
 * same run. Each figure is the median of several fresh processes. `--json FILE` writes them all.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Figures } from './figures.ts';

const SUBJECTS = ['sdk', 'useTable', 'liveTable', 'chat'] as const;
const SIZES = [1_000, 10_000, 100_000] as const;
const PROCESSES = 3;

type Subject = (typeof SUBJECTS)[number];
type Results = Record<Subject, Record<number, Figures>>;

const { values } = parseArgs({ options: { json: { type: 'string' } } });

function measure(subject: Subject, size: number): Figures {
  const words = ['--expose-gc', '--conditions=source', '--conditions=browser', '--import', 'tsx'];
  const file = path.join(import.meta.dirname, 'measure.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [...words, file, subject, String(size)], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0) throw new Error(`measuring ${subject} at ${size} failed: ${stderr}`);
  return JSON.parse(line) as Figures;
}

function medianOf(runs: readonly Figures[]): Figures {
  const keys = Object.keys(runs[0] ?? {}) as (keyof Figures)[];
  const medians = keys.map((key) => {
    const sorted = runs.map((run) => run[key]).sort((a, b) => a - b);
    return [key, sorted[Math.floor(sorted.length / 2)]];
  });
  return Object.fromEntries(medians) as unknown as Figures;
}

function rounded(value: number): string {
  // Changes that a subject ignores cost it nothing, and JSON has no NaN.
  if (!value) return '–';
  if (value >= 100) return value.toFixed(0);
  return value.toPrecision(value >= 1 ? 3 : 2);
}

const results = Object.fromEntries(SUBJECTS.map((subject) => [subject, {}])) as Results;
for (const size of SIZES) {
  for (const subject of SUBJECTS) {
    process.stderr.write(`${subject} at ${size.toLocaleString('en')} rows …\n`);
    results[subject][size] = medianOf(Array.from({ length: PROCESSES }, () => measure(subject, size)));
  }
}

const LABELS: Record<keyof Figures, string> = {
  oneRow: 'one-row transaction, ms',
  hundred: '100 of them, each in a frame, ms',
  burst: '100 of them in one frame, ms',
  thousandRows: 'one of 1,000 rows, ms',
  rename: 'an author renamed, ms',
  edit: 'a message edited, ms',
  reaction: 'one reaction, ms',
  snapshot: 'initial snapshot, ms',
  emissions: 'emissions a transaction',
  heapPerRow: 'heap a row, bytes',
};
for (const [key, label] of Object.entries(LABELS) as [keyof Figures, string][]) {
  const rows = SUBJECTS.map((subject) => {
    const figures = SIZES.map((size) => results[subject][size]?.[key] ?? NaN);
    const growth = (figures.at(-1) ?? NaN) / (figures[0] ?? NaN);
    return [subject, ...figures.map(rounded), `${rounded(growth)}x`];
  });
  console.log(`\n${label}`);
  console.table(
    Object.fromEntries(
      rows.map(([subject, ...cells]) => [
        subject,
        Object.fromEntries([...SIZES, 'growth'].map((size, n) => [String(size) + ' ', cells[n]])),
      ]),
    ),
  );
}
const at = (subject: Subject): number => results[subject][100_000]?.oneRow ?? NaN;
console.log(
  `\nAt 100,000 rows a one-row transaction costs useTable ${rounded(at('useTable') / at('liveTable'))} times what it costs liveTable.`,
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
