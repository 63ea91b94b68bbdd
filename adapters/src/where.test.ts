import fc from 'fast-check';
import { evaluateBooleanExpr, Identity, Timestamp, type BooleanExpr } from 'spacetimedb';
import { expect, it } from 'vitest';
import { tables } from '../test/module_bindings/index.ts';
import { compileWhere, type Clause } from './where.ts';

type Message = (typeof tables.message)['cols'];
type Expression = BooleanExpr<typeof tables.message.tableDef>;

const { sender, sent, text }: Message = tables.message.cols;
const identities = fc.bigInt(0n, 3n).map((value) => new Identity(value));
const timestamps = fc.bigInt(0n, 3n).map((value) => new Timestamp(value));
const texts = fc.constantFrom('', 'a', 'b');
const rows = fc.record({ sender: identities, sent: timestamps, text: texts });
const operators = fc.constantFrom('eq', 'ne', 'lt', 'lte', 'gt', 'gte');

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(operators, identities).map(([operator, value]) => sender[operator](value) as Expression),
    fc.tuple(operators, timestamps).map(([operator, value]) => sent[operator](value) as Expression),
    fc.tuple(operators, texts).map(([operator, value]) => text[operator](value) as Expression),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a.and(b)),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a.or(b)),
    tie('expression').map((a) => a.not()),
  ),
}));

it('decides the same as the SDK’s own evaluation', () => {
  fc.assert(
    fc.property(expression, rows, (expression, row) => {
      expect(compileWhere(expression.data as unknown as Clause)(row)).toBe(
        evaluateBooleanExpr(expression, row),
      );
    }),
    { numRuns: 500 },
  );
});
