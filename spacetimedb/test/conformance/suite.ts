/** Compares a server's answers with the recorded answers of a real SpacetimeDB (`../recorded`). */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLive } from '../server.ts';
import { normalise, normaliseText, type Known } from './normalise.ts';
import { startServer, type ConformanceServer } from './server.ts';

/** One request or exchange, and its result. */
export interface Step {
  readonly name: string;
  readonly value: unknown;
}

export interface Run {
  readonly steps: readonly Step[];
  /** The placeholders for the tokens, identities and names of this run. */
  readonly known: Known;
}

/** A difference between the embedded host and SpacetimeDB. */
export interface Difference {
  readonly kind: 'on purpose' | 'missing' | 'detail';
  readonly what: string;
  readonly why: string;
  /** The recorded steps that show it, by file; empty if none does. */
  readonly steps: Readonly<Record<string, readonly string[]>>;
}

const DIFFERENCES = path.join(import.meta.dirname, 'differences.json');

export function readDifferences(): Difference[] {
  return JSON.parse(readFileSync(DIFFERENCES, 'utf8')) as Difference[];
}

/** Reads a recorded file. A step without an answer, or with one that was too long to keep, has no `value`. */
function recordedSteps(file: string): Step[] {
  const text = readFileSync(path.join(import.meta.dirname, '../recorded', `${file}.json`), 'utf8');
  return (JSON.parse(text) as Record<string, unknown>[]).map((entry) => {
    const { name, status, body, answer, value } = entry;
    const recorded = answer ?? value ?? (status === undefined ? undefined : { status, body });
    if (isObject(recorded)) delete recorded['bodyLength'];
    return { name: normaliseText(name as string), value: normalise(recorded) };
  });
}

/** Some requests are sent twice: the second one is called `name (2)`. */
function numbered(steps: readonly Step[]): Step[] {
  const seen = new Map<string, number>();
  return steps.map(({ name, value }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { name: count === 1 ? name : `${name} (${count})`, value };
  });
}

/** The recorded parts of an answer; only the beginning of a body that was too long to keep. */
function asFarAsRecorded(actual: unknown, expected: unknown): unknown {
  if (!isObject(expected) || !('status' in expected) || !isObject(actual)) return actual;
  return Object.fromEntries(
    Object.entries(expected).map(([key, value]) =>
      key === 'bodyStart' ? [key, String(actual['body']).slice(0, String(value).length)] : [key, actual[key]],
    ),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Registers one test for each recorded answer of a file. A difference listed in `differences.json` must still exist:
 * otherwise the test fails until it is deleted there.
 *
 * @param file of `../recorded`, without `.json`
 * @param run sends the requests
 */
export function conformance(file: string, run: (server: ConformanceServer) => Promise<Run>): void {
  const expected = numbered(recordedSteps(file)).filter(({ value }) => value !== undefined);
  const listed = new Map(
    readDifferences().flatMap(({ what, steps }) => (steps[file] ?? []).map((name) => [name, what] as const)),
  );
  const names = new Set(expected.map(({ name }) => name));
  const unknown = [...listed.keys()].filter((name) => !names.has(name));

  describe(file, () => {
    let server: ConformanceServer;
    const actual = new Map<string, unknown>();

    beforeAll(async () => {
      server = await startServer();
      const { steps, known } = await run(server);
      const all = [...known, ...server.known];
      const named = steps.map(({ name, value }) => ({
        name: normaliseText(name, all),
        value: normalise(value, all),
      }));
      for (const { name, value } of numbered(named)) actual.set(name, value);
      report();
    }, 120_000);

    afterAll(() => server.stop());

    const isSame = (step: Step) => isDeepStrictEqual(answerTo(step), step.value);
    const answerTo = ({ name, value }: Step) => asFarAsRecorded(actual.get(name), value);

    function report(): void {
      const same = expected.filter(isSame);
      const gone = same.filter(({ name }) => listed.has(name));
      const different = expected.length - same.length - (listed.size - gone.length);
      console.log(
        `${file}: ${same.length} same, ${listed.size - gone.length} listed, ${different} different, of ${expected.length}`,
      );
      if (process.env['PRUNE_DIFFERENCES'] && !isLive) prune(file, new Set(gone.map(({ name }) => name)));
    }

    for (const step of expected) {
      test(step.name, () => {
        const difference = listed.get(step.name);
        if (isLive || difference === undefined) {
          expect(answerTo(step)).toEqual(step.value);
        } else if (isSame(step)) {
          throw new Error(`is as in SpacetimeDB now: delete it from differences.json ("${difference}")`);
        }
      });
    }

    test('every listed difference has a recorded answer', () => {
      expect(unknown).toEqual([]);
    });
  });
}

/** Deletes differences that no longer exist. This needs `--no-file-parallelism`. */
function prune(file: string, gone: ReadonlySet<string>): void {
  const left = readDifferences().map((difference) => ({
    ...difference,
    steps: Object.fromEntries(
      Object.entries(difference.steps).map(([of, names]) => [
        of,
        of === file ? names.filter((name) => !gone.has(name)) : names,
      ]),
    ),
  }));
  writeFileSync(DIFFERENCES, `${JSON.stringify(left, null, 2)}\n`);
}
