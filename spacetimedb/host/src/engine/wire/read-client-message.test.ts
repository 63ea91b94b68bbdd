/**
 * The reasons were recorded from a real SpacetimeDB 2.8.3 when it closed the connection (`recorded/ws.json`), or follow
 * its sources.
 */
import { describe, expect, test } from 'vitest';
import { decodeClientFrame, ProtocolError } from './message-codec.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const u32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
const text = (value: string) => [...u32(value.length), ...new TextEncoder().encode(value)];

const SUBSCRIBE = bytes(0, ...u32(1), ...u32(7), ...u32(2), ...text('a'), ...text('b'));
const UNSUBSCRIBE = bytes(1, ...u32(2), ...u32(7), 1);
const ONE_OFF = bytes(2, ...u32(3), ...text('SELECT'));
const CALL = bytes(3, ...u32(4), 0, ...text('add'), ...u32(2), 8, 9);
const PROCEDURE = bytes(4, ...u32(5), 0, ...text('p'), ...u32(0));

const MESSAGES = [
  { tag: 'Subscribe', value: { requestId: 1, querySetId: { id: 7 }, queryStrings: ['a', 'b'] } },
  {
    tag: 'Unsubscribe',
    value: { requestId: 2, querySetId: { id: 7 }, flags: { tag: 'SendDroppedRows' } },
  },
  { tag: 'OneOffQuery', value: { requestId: 3, queryString: 'SELECT' } },
  { tag: 'CallReducer', value: { requestId: 4, flags: 0, reducer: 'add', args: bytes(8, 9) } },
  { tag: 'CallProcedure', value: { requestId: 5, flags: 0, procedure: 'p', args: bytes() } },
];

test('messages of every kind are read, in v3 several per frame', () => {
  const frames = [SUBSCRIBE, UNSUBSCRIBE, ONE_OFF, CALL, PROCEDURE];
  expect(frames.flatMap((frame) => decodeClientFrame(frame, false))).toEqual(MESSAGES);
  expect(decodeClientFrame(Uint8Array.from(frames.flatMap((frame) => [...frame])), true)).toEqual(MESSAGES);
});

test('bytes after a message are ignored in v2, even if they are another message', () => {
  expect(decodeClientFrame(bytes(...ONE_OFF, 1), false)).toEqual([MESSAGES[2]]);
  expect(decodeClientFrame(bytes(...ONE_OFF, ...CALL), false)).toEqual([MESSAGES[2]]);
});

describe('invalid frames', () => {
  test.each<[string, Uint8Array]>([
    ['unknown tag 0x63 for sum type ClientMessage', bytes(99, 1, 2, 3)],
    ['unknown tag 0x5 for sum type UnsubscribeFlags', bytes(1, ...u32(2), ...u32(7), 5)],
    ['invalid call reducer flag 1', bytes(3, ...u32(4), 1, ...text('add'), ...u32(0))],
    ['invalid call procedure flag 1', bytes(4, ...u32(4), 1, ...text('p'), ...u32(0))],
    ['data too short for u8: Expected 1, given 0', bytes()],
    ['data too short for u32: Expected 4, given 3', bytes(2, 1, 2, 3)],
    ['data too short for [u8]: Expected 4294967295, given 1', bytes(2, ...u32(3), ...u32(0xffffffff), 65)],
    ['invalid utf8', bytes(2, ...u32(3), ...u32(2), 0xff, 0xfe)],
  ])('an invalid frame is refused with "%s"', (reason, frame) => {
    expect(() => decodeClientFrame(frame, false)).toThrow(new ProtocolError(reason));
  });

  test('a v3 frame is refused if it is empty or has bytes after its last message', () => {
    expect(() => decodeClientFrame(bytes(...ONE_OFF, 1), true)).toThrow(
      new ProtocolError('data too short for u32: Expected 4, given 0'),
    );
    expect(() => decodeClientFrame(bytes(), true)).toThrow(
      new ProtocolError('v3 websocket binary payload must contain at least one v2 client message'),
    );
  });
});
