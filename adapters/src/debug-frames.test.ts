import fc from 'fast-check';
import { BinaryWriter, ConnectionId, Identity, TimeDuration, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import { concat, encode, type ServerMessage } from '../test/protocol.ts';
import { readFrame } from './debug-frames.ts';

const requestId = 5;
const querySetId = { id: 9 };
const timestamp = Timestamp.fromDate(new Date(0));
const offsets = {
  sizeHint: { tag: 'RowOffsets' as const, value: [0n, 3n, 4n] },
  rowsData: new Uint8Array(7),
};
const fixed = { sizeHint: { tag: 'FixedSize', value: 16 }, rowsData: new Uint8Array(32) } as const;
const nothing = { sizeHint: { tag: 'FixedSize', value: 0 }, rowsData: new Uint8Array() } as const;
const rows = { tables: [{ table: 'user', rows: offsets }] };
const update = {
  querySets: [
    {
      querySetId,
      tables: [
        {
          tableName: 'user',
          rows: [{ tag: 'PersistentTable', value: { inserts: offsets, deletes: fixed } } as const],
        },
        { tableName: 'sale', rows: [{ tag: 'EventTable', value: { events: fixed } } as const] },
      ],
    },
    {
      querySetId: { id: 10 },
      tables: [
        {
          tableName: 'user',
          rows: [{ tag: 'PersistentTable', value: { inserts: nothing, deletes: offsets } } as const],
        },
      ],
    },
  ],
};
const changes = [
  { id: 9, added: 5, removed: 2 },
  { id: 10, added: 0, removed: 3 },
];
const refusal = new BinaryWriter(8);
refusal.writeString('Nö');
const result = { requestId, timestamp };
const procedure = { timestamp, totalHostExecutionDuration: new TimeDuration(1n), requestId };

const messages: [ServerMessage, ReturnType<typeof readFrame>[number]][] = [
  [
    {
      tag: 'InitialConnection',
      value: { identity: Identity.zero(), connectionId: ConnectionId.random(), token: 'abc' },
    },
    { kind: 'InitialConnection' },
  ],
  [
    { tag: 'SubscribeApplied', value: { requestId, querySetId, rows } },
    { kind: 'SubscribeApplied', requestId, queries: [{ id: 9, added: 3 }] },
  ],
  [
    { tag: 'UnsubscribeApplied', value: { requestId, querySetId, rows } },
    { kind: 'UnsubscribeApplied', requestId, queries: [{ id: 9, removed: 3 }] },
  ],
  [
    { tag: 'UnsubscribeApplied', value: { requestId, querySetId, rows: undefined } },
    { kind: 'UnsubscribeApplied', requestId, queries: [{ id: 9, removed: 0 }] },
  ],
  [
    { tag: 'SubscriptionError', value: { requestId, querySetId, error: 'no' } },
    { kind: 'SubscriptionError', requestId, queries: [{ id: 9 }], error: 'no' },
  ],
  [
    { tag: 'SubscriptionError', value: { requestId: undefined, querySetId, error: 'no' } },
    { kind: 'SubscriptionError', requestId: undefined, queries: [{ id: 9 }], error: 'no' },
  ],
  [
    { tag: 'TransactionUpdate', value: update },
    { kind: 'TransactionUpdate', queries: changes },
  ],
  [
    { tag: 'OneOffQueryResult', value: { requestId, result: { tag: 'Ok' as const, value: rows } } },
    { kind: 'OneOffQueryResult', requestId },
  ],
  [
    { tag: 'OneOffQueryResult', value: { requestId, result: { tag: 'Err', value: 'no' } } },
    { kind: 'OneOffQueryResult', requestId },
  ],
  [
    {
      tag: 'ReducerResult',
      value: {
        ...result,
        result: { tag: 'Ok', value: { retValue: new Uint8Array(3), transactionUpdate: update } },
      },
    },
    { kind: 'ReducerResult', requestId, queries: changes },
  ],
  [
    { tag: 'ReducerResult', value: { ...result, result: { tag: 'OkEmpty', value: {} } } as never },
    { kind: 'ReducerResult', requestId },
  ],
  [
    {
      tag: 'ReducerResult',
      value: { ...result, result: { tag: 'Err', value: refusal.getBuffer().slice() } },
    },
    { kind: 'ReducerResult', requestId, error: 'refused: Nö' },
  ],
  [
    { tag: 'ReducerResult', value: { ...result, result: { tag: 'Err', value: new Uint8Array(2) } } },
    { kind: 'ReducerResult', requestId, error: 'refused: 2 bytes' },
  ],
  [
    { tag: 'ReducerResult', value: { ...result, result: { tag: 'InternalError', value: 'trap' } } },
    { kind: 'ReducerResult', requestId, error: 'failed: trap' },
  ],
  [
    {
      tag: 'ProcedureResult',
      value: { ...procedure, status: { tag: 'Returned', value: new Uint8Array(9) } },
    },
    { kind: 'ProcedureResult', requestId, error: undefined },
  ],
  [
    { tag: 'ProcedureResult', value: { ...procedure, status: { tag: 'InternalError', value: 'trap' } } },
    { kind: 'ProcedureResult', requestId, error: 'failed: trap' },
  ],
];

it('reads every kind of message of the server', () => {
  for (const [message, read] of messages) expect(readFrame(encode(message), 'server')).toEqual([read]);
});

it('reads all messages of a frame', () => {
  const frame = concat(messages.map(([message]) => encode(message)));
  expect(readFrame(frame, 'server')).toEqual(messages.map(([, read]) => read));
});

it('marks the unreadable part of a frame, and never throws', () => {
  const [[first, read]] = messages as [(typeof messages)[number]];
  const frame = concat([encode(first), new Uint8Array([99, 1, 2])]);
  expect(readFrame(frame, 'server')).toEqual([read, { kind: 'unreadable' }]);
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom('client', 'server'), (bytes, from) => {
      expect(readFrame(bytes, from).length).toBeLessThanOrEqual(bytes.length);
    }),
  );
});
