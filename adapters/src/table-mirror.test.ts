import { expect, it } from 'vitest';
import { TableMirror } from './table-mirror.ts';

interface Row {
  readonly id: unknown;
  readonly text: string;
}

const byId = (rows: readonly Row[]): TableMirror<Row> => {
  const mirror = new TableMirror<Row>();
  mirror.attach(rows, 'id');
  expect(mirror.list).toEqual([]);
  mirror.flush(true);
  return mirror;
};

it('the last edit of a row in a message wins, in any order of other edits', () => {
  const [one, two, three] = [1n, 2n, 3n].map((id) => ({ id, text: 'old' })) as [Row, Row, Row];
  const mirror = byId([three, one]);
  expect(mirror.list).toEqual([one, three]);
  const [edited, again] = ['new', 'newer'].map((text) => ({ id: 3n, text })) as [Row, Row];
  mirror.record(edited, false);
  mirror.record(two, false);
  mirror.record(one, true);
  mirror.record(again, false);
  mirror.record(two, true);
  expect(mirror.flush(false)).toEqual([
    { before: one, after: undefined, callArgs: undefined },
    { before: three, after: again, callArgs: undefined },
  ]);
  expect(mirror.list).toEqual([again]);
  expect(mirror.flush(false)).toEqual([]);
});

it('a row with the same values keeps its object', () => {
  const row = { id: 1n, text: 'same' };
  const mirror = byId([row, { id: 2n, text: 'other' }]);
  const { list } = mirror;
  mirror.record({ ...row }, false);
  expect(mirror.flush(false)).toEqual([]);
  expect(mirror.list).toBe(list);
});

it('a snapshot removes rows that it does not contain', () => {
  const [kept, gone] = [1n, 2n].map((id) => ({ id, text: '' })) as [Row, Row];
  const mirror = byId([kept, gone]);
  mirror.attach([kept], 'id');
  expect(mirror.list).toEqual([kept, gone]);
  expect(mirror.flush(true)).toEqual([{ before: gone, after: undefined, callArgs: undefined }]);
  expect(mirror.list).toEqual([kept]);
  mirror.record(gone, false);
  mirror.attach([], 'id');
  expect(mirror.flush(true)).toEqual([{ before: kept, after: undefined, callArgs: undefined }]);
});

it.each([
  ['bigints', [1n, 2n]],
  ['texts', ['a', 'b']],
  ['objects with one part', [{ x: 1n }, { x: 2n }]],
  [
    'objects with several parts',
    [
      { x: 1n, y: 1n },
      { x: 1n, y: 2n },
      { x: 2n, y: 1n },
    ],
  ],
])('rows are told apart by keys that are %s', (_, ids) => {
  const rows = ids.map((id) => ({ id, text: '' }));
  expect(byId(rows).list).toEqual(rows);
});

it('rows without a primary key are distinguished by all columns', () => {
  const mirror = new TableMirror<Row>();
  const rows = ['a', 'b'].map((text) => ({ id: 1n, text }));
  mirror.attach(rows, undefined);
  mirror.flush(true);
  expect(mirror.list).toEqual(rows);
});

it('a change has the arguments of the local call that caused it', () => {
  const mirror = byId([]);
  const args = { text: 'a' };
  const rows = [1n, 2n, 3n].map((id) => ({ id, text: '' })) as [Row, Row, Row];
  mirror.record(rows[0], false, { tag: 'Reducer', value: { reducer: { args } } });
  mirror.record(rows[1], false, { tag: 'Transaction', value: {} });
  mirror.record(rows[2], false, { tag: 'SubscribeApplied' });
  const changes = mirror.flush(false);
  expect(changes.map(({ callArgs }) => callArgs)).toEqual([args, undefined, undefined]);
  expect(changes[0]?.callArgs).toBe(args);
});
