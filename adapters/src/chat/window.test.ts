import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spans, within, type Span } from './window.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const sqlOf = (span: Span | undefined) => span && `SELECT * FROM message WHERE ${within(span, 'sent')}`;
const now = Date.UTC(2026, 10, 24, 15, 30);

it('reaches the beginning in a few growing steps', () => {
  expect([...spans(now, DAY)].map(sqlOf)).toEqual([
    `SELECT * FROM message WHERE sent >= '2026-11-23T00:00:00.000Z'`,
    `SELECT * FROM message WHERE sent >= '2026-11-19T00:00:00.000Z' AND sent < '2026-11-23T00:00:00.000Z'`,
    `SELECT * FROM message WHERE sent >= '2026-10-10T00:00:00.000Z' AND sent < '2026-11-19T00:00:00.000Z'`,
    `SELECT * FROM message WHERE sent >= '2026-01-27T00:00:00.000Z' AND sent < '2026-10-10T00:00:00.000Z'`,
    `SELECT * FROM message WHERE sent >= '2014-11-10T00:00:00.000Z' AND sent < '2026-01-27T00:00:00.000Z'`,
    `SELECT * FROM message WHERE sent < '2014-11-10T00:00:00.000Z'`,
  ]);
});

it('counts in hours when the first window is shorter than a day', () => {
  const [first, second] = [...spans(now, 2 * HOUR)];
  expect(sqlOf(first)).toBe(`SELECT * FROM message WHERE sent >= '2026-11-24T13:00:00.000Z'`);
  expect(second?.from).toBe(Date.UTC(2026, 10, 24, 8));
});

it('requests everything else after five steps back, even if they were short', () => {
  const all = [...spans(now, HOUR)];
  expect(all).toHaveLength(7);
  expect(all[5]?.from).toBeGreaterThan(0);
  expect(all[6]?.from).toBeUndefined();
});

it('is the same for everyone who joins in the same hour or day, and has no gaps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: DAY, max: 2 * now }),
      fc.integer({ min: HOUR, max: 400 * DAY }),
      (time, least) => {
        const all = [...spans(time, least)];
        expect(time - (all[0]?.from ?? 0)).toBeGreaterThanOrEqual(least);
        for (const [index, { from }] of all.entries()) {
          const older = all[index + 1];
          if (!older) {
            expect(from).toBeUndefined();
            return;
          }
          expect(older.until).toBe(from);
          expect(older.from ?? -Infinity).toBeLessThan(from as number);
        }
      },
    ),
  );
  const unit = (least: number) => (least < DAY ? HOUR : DAY);
  for (const least of [HOUR, DAY]) {
    const start = Math.floor(now / unit(least)) * unit(least);
    expect([...spans(start, least)]).toEqual([...spans(start + unit(least) - 1, least)]);
  }
});
