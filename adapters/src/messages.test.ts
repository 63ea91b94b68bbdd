import fc from 'fast-check';
import { ConnectionId, Identity, TimeDuration, Timestamp } from 'spacetimedb';
import { expect, it } from 'vitest';
import { concat, encode, type ServerMessage } from '../test/protocol.ts';
import { splitMessages } from './messages.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
const id = fc.nat();
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const rowList = fc.record({
  sizeHint: fc.oneof(
    fc.record({ tag: fc.constant('FixedSize'), value: fc.nat(65_535) }),
    fc.record({ tag: fc.constant('RowOffsets'), value: fc.array(fc.bigInt(0n, 2n ** 64n - 1n)) }),
  ),
  rowsData: bytes,
});
const queryRows = fc.record({ tables: fc.array(fc.record({ table: text, rows: rowList })) });
const querySetId = fc.record({ id });
const update = fc.record({
  querySets: fc.array(
    fc.record({
      querySetId,
      tables: fc.array(
        fc.record({
          tableName: text,
          rows: fc.array(
            fc.oneof(
              fc.record({
                tag: fc.constant('PersistentTable'),
                value: fc.record({ inserts: rowList, deletes: rowList }),
              }),
              fc.record({ tag: fc.constant('EventTable'), value: fc.record({ events: rowList }) }),
            ),
          ),
        }),
      ),
    }),
  ),
});
const timestamp = fc.bigInt(0n, 2n ** 60n).map((micros) => new Timestamp(micros));
const outcome = fc.oneof(
  fc.record({
    tag: fc.constant('Ok'),
    value: fc.record({ retValue: bytes, transactionUpdate: update }),
  }),
  fc.constant({ tag: 'OkEmpty', value: {} }),
  fc.record({ tag: fc.constant('Err'), value: bytes }),
  fc.record({ tag: fc.constant('InternalError'), value: text }),
);
const values: Record<ServerMessage['tag'], fc.Arbitrary<unknown>> = {
  InitialConnection: fc.record({
    identity: fc.bigInt(0n, 2n ** 256n - 1n).map((value) => new Identity(value)),
    connectionId: fc.bigInt(0n, 2n ** 128n - 1n).map((value) => new ConnectionId(value)),
    token: text,
  }),
  SubscribeApplied: fc.record({ requestId: id, querySetId, rows: queryRows }),
  UnsubscribeApplied: fc.record({
    requestId: id,
    querySetId,
    rows: fc.option(queryRows, { nil: undefined }),
  }),
  SubscriptionError: fc.record({
    requestId: fc.option(id, { nil: undefined }),
    querySetId,
    error: text,
  }),
  TransactionUpdate: update,
  OneOffQueryResult: fc.record({
    requestId: id,
    result: fc.oneof(
      fc.record({ tag: fc.constant('Ok'), value: queryRows }),
      fc.record({ tag: fc.constant('Err'), value: text }),
    ),
  }),
  ReducerResult: fc.record({ requestId: id, timestamp, result: outcome }),
  ProcedureResult: fc.record({
    status: fc.oneof(
      fc.record({ tag: fc.constant('Returned'), value: bytes }),
      fc.record({ tag: fc.constant('InternalError'), value: text }),
    ),
    timestamp,
    totalHostExecutionDuration: fc.bigInt(0n, 2n ** 60n).map((micros) => new TimeDuration(micros)),
    requestId: id,
  }),
};
const message = fc.oneof(
  ...Object.entries(values).map(([tag, value]) => fc.record({ tag: fc.constant(tag), value })),
) as fc.Arbitrary<ServerMessage>;

it('cuts a frame into the messages that the SDK’s own serialiser has put into it', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.nat(5), (messages, offset) => {
      const parts = messages.map(encode);
      // A payload that begins somewhere inside its buffer, as one after the compression byte does.
      const payload = concat([new Uint8Array(offset), ...parts]).subarray(offset);
      expect([...splitMessages(payload)].map((part) => [...part])).toEqual(parts.map((part) => [...part]));
    }),
    { numRuns: 500 },
  );
});

it('refuses what is cut short or not a message', () => {
  fc.assert(
    fc.property(message, fc.nat(1000), (message, cut) => {
      const whole = encode(message);
      const part = whole.subarray(0, 1 + (cut % whole.length));
      if (part.length < whole.length) expect(() => [...splitMessages(part)]).toThrow(RangeError);
    }),
  );
  expect(() => [...splitMessages(new Uint8Array([99]))]).toThrow(RangeError);
});
