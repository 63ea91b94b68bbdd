/**
 * Kinds of server messages that the transport treats specially (tags of `ServerMessage` in the SDK's
 * `client_api/types.ts`).
 */
export const ONE_OFF_QUERY_RESULT = 5;

/** Gives the offset after the part that starts at `at`. */
type Skip = (view: DataView, at: number) => number;

const fixed =
  (size: number): Skip =>
  (_, at) =>
    at + size;

/** Strings and byte arrays: a length and as many bytes. */
const bytes: Skip = (view, at) => at + 4 + view.getUint32(at, true);

const all =
  (...parts: Skip[]): Skip =>
  (view, at) =>
    parts.reduce((offset, part) => part(view, offset), at);

const list =
  (item: Skip): Skip =>
  (view, at) => {
    let offset = at + 4;
    for (let count = view.getUint32(at, true); count > 0; count--) offset = item(view, offset);
    return offset;
  };

const oneOf =
  (...variants: Skip[]): Skip =>
  (view, at) => {
    const variant = variants[view.getUint8(at)];
    if (!variant) throw new RangeError(`Unknown variant ${view.getUint8(at)} in a server message`);
    return variant(view, at + 1);
  };

const none = fixed(0);
const u32 = fixed(4);
const u64 = fixed(8);
const sizeHint = oneOf(fixed(2), (view, at) => at + 4 + 8 * view.getUint32(at, true));
const rowList = all(sizeHint, bytes);
const queryRows = list(all(bytes, rowList));
const tableUpdate = all(bytes, list(oneOf(all(rowList, rowList), rowList)));
const transactionUpdate = list(all(u32, list(tableUpdate)));

const serverMessage = oneOf(
  all(fixed(32 + 16), bytes), // InitialConnection
  all(u32, u32, queryRows), // SubscribeApplied
  all(u32, u32, oneOf(queryRows, none)), // UnsubscribeApplied
  all(oneOf(u32, none), u32, bytes), // SubscriptionError
  transactionUpdate, // TransactionUpdate
  all(u32, oneOf(queryRows, bytes)), // OneOffQueryResult
  all(u32, u64, oneOf(all(bytes, transactionUpdate), none, bytes, bytes)), // ReducerResult
  all(oneOf(bytes, bytes), u64, u64, u32), // ProcedureResult
);

/**
 * Cuts the payload of a v3 frame into the messages it is made of (v3 puts v2 messages back to back). Rows are
 * skipped by their length, so the cost follows the number of tables in the frame, not its size.
 * @throws RangeError when the payload is not a sequence of server messages
 */
export function* splitMessages(payload: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let start = 0; start < payload.length;) {
    const end = serverMessage(view, start);
    if (end > payload.length) throw new RangeError('A server message ends after its frame');
    yield payload.subarray(start, end);
    start = end;
  }
}
