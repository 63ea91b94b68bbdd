import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disagreeing, Ledger } from './ledger.ts';

/** Records messages of one sender. */
function ledgerOf(...numbers: number[]): Ledger {
  const ledger = new Ledger();
  for (const n of numbers) ledger.see(7, n);
  return ledger;
}

function lost(ledger: Ledger, count: number, ...unanswered: number[]): number {
  return ledger.lost(new Map([[7, { count, unanswered }]]));
}

describe('Ledger', () => {
  test('the ledger finds nothing wrong when every message arrives once and in order', () => {
    const ledger = ledgerOf(0, 1, 2);
    expect(ledger).toMatchObject({ seen: 3, doubled: 0, outOfOrder: 0 });
    expect(lost(ledger, 3)).toBe(0);
  });

  test('the ledger counts missing messages, including the last ones', () => {
    expect(lost(ledgerOf(0, 2), 5)).toBe(3);
    expect(lost(new Ledger(), 2)).toBe(2);
  });

  test('the ledger ignores unconfirmed messages, whether they arrived or not', () => {
    expect(lost(ledgerOf(0, 2), 3, 1)).toBe(0);
    expect(lost(ledgerOf(0, 1, 2), 3, 1)).toBe(0);
  });

  test('the ledger counts duplicate and late messages', () => {
    expect(ledgerOf(0, 1, 1, 0)).toMatchObject({ seen: 2, doubled: 2, outOfOrder: 0 });
    expect(ledgerOf(1, 0, 2)).toMatchObject({ seen: 3, doubled: 0, outOfOrder: 1 });
    expect(ledgerOf(1, 0, 0)).toMatchObject({ seen: 2, doubled: 1, outOfOrder: 1 });
  });

  test('the ledger is right about any mixture', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (numbers) => {
        const ledger = ledgerOf(...numbers);
        const different = new Set(numbers).size;
        expect(ledger.seen).toBe(different);
        expect(ledger.doubled).toBe(numbers.length - different);
        expect(lost(ledger, 21)).toBe(21 - different);
      }),
    );
  });

  test('the ledger tells two orders apart and finds the observers that differ from the majority', () => {
    const [one, other] = [new Ledger(), new Ledger()];
    one.see(1, 0);
    one.see(2, 0);
    other.see(2, 0);
    other.see(1, 0);
    expect(one.order).not.toBe(other.order);
    expect(disagreeing([one.order, one.order, other.order])).toBe(1);
    expect(disagreeing([one.order, one.order])).toBe(0);
    expect(disagreeing([])).toBe(0);
  });
});
