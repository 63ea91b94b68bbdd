import { Identity, type AlgebraicType } from 'spacetimedb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileStatement } from './compile.ts';
import { executeQuery } from './execute.ts';
import { makeCatalog, makeRow, makeTable, MemorySource } from './testing.ts';

const U8: AlgebraicType = { tag: 'U8' };
const ME = new Identity(5n);
const CONDITIONS = [
  undefined,
  { sql: 'a.k = b.k', holds: (a: Values, b: Values) => a[0] === b[0] },
  { sql: 'b.n = a.n', holds: (a: Values, b: Values) => a[1] === b[1] },
] as const;
const LAST_CONDITIONS = [
  undefined,
  { sql: 'b.k = c.k', holds: (_: Values, b: Values, c: Values) => b[0] === c[0] },
  { sql: 'a.n = c.k', holds: (a: Values, _: Values, c: Values) => a[1] === c[0] },
  { sql: 'a.k = b.n', holds: (a: Values, b: Values) => a[0] === b[1] },
] as const;
type Values = readonly [k: number, n: number];

test('joins of three tables return and count what nested loops find, with any index and LIMIT', () => {
  const rows = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.tuple(rows, rows, rows),
      fc.constantFrom(...CONDITIONS),
      fc.constantFrom(...LAST_CONDITIONS),
      fc.option(fc.nat(3)),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      fc.option(fc.nat(5)),
      ([left, middle, right], on, lastOn, bound, indexed, limit) => {
        const names = ['l', 'm', 'r'] as const;
        const tables = names.map((name, i) =>
          makeTable(name, { k: U8, n: U8 }, indexed[i] === true ? [['btree', 'k']] : []),
        );
        const source = new MemorySource({
          l: left.map((row) => makeRow(...row)),
          m: middle.map((row) => makeRow(...row)),
          r: right.map((row) => makeRow(...row)),
        });
        const expected = left.flatMap((a) =>
          middle.flatMap((b) =>
            right
              .filter(() => on?.holds(a, b) ?? true)
              .filter((c) => lastOn?.holds(a, b, c) ?? true)
              .filter((c) => bound === null || a[1] < c[1] || c[0] === bound)
              .map((c) => [a[0], b[1], c[1]]),
          ),
        );
        const from =
          `FROM l a JOIN m b ${on ? `ON ${on.sql}` : ''} JOIN r c ${lastOn ? `ON ${lastOn.sql}` : ''}` +
          (bound === null ? '' : ` WHERE a.n < c.n OR c.k = ${bound}`);
        const run = (sql: string) => {
          const statement = compileStatement(sql, makeCatalog(...tables), ME);
          if (statement.kind !== 'select') throw new TypeError('expected a query');
          return executeQuery(statement.plan, source).rows;
        };
        const byText = (a: readonly unknown[], b: readonly unknown[]) => (a.join() < b.join() ? -1 : 1);
        const all = [...run(`SELECT a.k AS x, b.n AS y, c.n AS z ${from}`)].sort(byText);
        expect(all).toEqual(expected.sort(byText));
        expect(run(`SELECT COUNT(*) AS n ${from}`)).toEqual([[BigInt(expected.length)]]);
        if (limit !== null) {
          expect(run(`SELECT b.* ${from} LIMIT ${limit}`)).toHaveLength(Math.min(limit, expected.length));
        }
      },
    ),
    { numRuns: 500 },
  );
});
