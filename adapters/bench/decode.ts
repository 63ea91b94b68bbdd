/**
 * Compares reading and writing rows without compiling code from strings with the SDK's own way, which compiles code.
 * Median nanoseconds per row, in alternating rounds. `--json FILE` writes them.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { AlgebraicType, BinaryReader, BinaryWriter, Identity, t, Timestamp } from 'spacetimedb';
import { installWithoutEval } from '../src/csp/index.ts';

const ROWS = 10_000;
const ROUNDS = 25;

const identity = new Identity(2n ** 250n + 5n);
const samples: Record<string, { type: AlgebraicType; value: unknown }> = {
  message: {
    type: t.object('Message', { sender: t.identity(), sent: t.timestamp(), text: t.string() }).algebraicType,
    value: {
      sender: identity,
      sent: Timestamp.fromDate(new Date(0)),
      text: 'message number 1, which is about as long as most are',
    },
  },
  user: {
    type: t.object('User', { identity: t.identity(), name: t.option(t.string()), online: t.bool() })
      .algebraicType,
    value: { identity, name: 'Ada Lovelace', online: true },
  },
  'five numbers': {
    type: t.object('Numbers', { a: t.u32(), b: t.i32(), c: t.f64(), d: t.bool(), e: t.u16() }).algebraicType,
    value: { a: 1, b: -2, c: 0.5, d: true, e: 3 },
  },
};

/** The functions that write and read all rows of each sample, with the current state of the SDK. */
function tasks(): [name: string, run: () => void][] {
  return Object.entries(samples).flatMap(([name, { type, value }]) => {
    const [write, read] = [AlgebraicType.makeSerializer(type), AlgebraicType.makeDeserializer(type)];
    const writeAll = (): Uint8Array => {
      const writer = new BinaryWriter(ROWS * 128);
      for (let i = 0; i < ROWS; i++) write(writer, value);
      return writer.getBuffer();
    };
    const bytes = writeAll();
    const readAll = (): void => {
      const reader = new BinaryReader(bytes);
      for (let i = 0; i < ROWS; i++) read(reader);
    };
    return [
      [`read ${name}`, readAll],
      [`write ${name}`, () => void writeAll()],
    ];
  });
}

function timed(run: () => void): number {
  const before = performance.now();
  run();
  return ((performance.now() - before) * 1_000_000) / ROWS;
}

const sdk = tasks();
installWithoutEval();
const ours = tasks();

const figures = Object.fromEntries(
  sdk.map(([name, theirRun], index) => {
    const ourRun = ours[index]?.[1] ?? theirRun;
    const rounds = Array.from({ length: ROUNDS }, () => [timed(theirRun), timed(ourRun)] as const);
    const median = (of: 0 | 1): number => {
      const sorted = rounds.map((round) => round[of]).sort((a, b) => a - b);
      return Math.round(sorted[Math.floor(ROUNDS / 2)] ?? NaN);
    };
    const [SDK, closures] = [median(0), median(1)];
    return [name, { SDK, closures, ratio: Number((closures / SDK).toFixed(2)) }];
  }),
);

console.table(figures);
const { values } = parseArgs({ options: { json: { type: 'string' } } });
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
