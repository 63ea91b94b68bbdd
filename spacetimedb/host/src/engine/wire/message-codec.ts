import { AlgebraicType, BinaryWriter } from 'spacetimedb';
import { BsatnError, BsatnReader } from '../sats/bsatn-reader.ts';
import { ServerMessage, type ClientMessage, type QuerySetUpdate } from './messages.ts';
import { readClientMessage } from './read-client-message.ts';

const writeServerMessage = AlgebraicType.makeSerializer(ServerMessage.algebraicType);

/** The largest frame could hold millions of tiny messages, which take many times its size when decoded. */
const MAX_MESSAGES_PER_FRAME = 16_384;

/** A frame violates the protocol. The connection that sent it is closed with `message`. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** A frame has more messages than the host accepts at once. */
export class TooManyMessagesError extends ProtocolError {
  override readonly message = 'too many requests';
}

/**
 * Decodes the messages of one frame from a client.
 *
 * @param isV3 whether a frame may contain several messages; in v2 everything after the first message is ignored
 * @throws {TooManyMessagesError} when it contains more than 16,384 messages
 * @throws {ProtocolError} when the frame is empty or truncated, or has an unknown message
 */
export function decodeClientFrame(frame: Uint8Array, isV3: boolean): ClientMessage[] {
  if (isV3 && frame.length === 0) {
    throw new ProtocolError('v3 websocket binary payload must contain at least one v2 client message');
  }
  const reader = new BsatnReader(frame);
  const messages: ClientMessage[] = [];
  do {
    if (messages.length >= MAX_MESSAGES_PER_FRAME) {
      throw new TooManyMessagesError();
    }
    messages.push(readMessage(reader));
  } while (isV3 && reader.remaining > 0);
  return messages;
}

function readMessage(reader: BsatnReader): ClientMessage {
  try {
    return readClientMessage(reader);
  } catch (error) {
    if (!(error instanceof BsatnError)) throw error;
    throw new ProtocolError(error.message, { cause: error });
  }
}

/** A buffer with more unused bytes than this is copied, so that a queued message only takes its own size. */
const MAX_UNUSED_BYTES = 16 * 1024;

/** Encodes one message to a client, without the frame's compression byte. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  const writer = new BinaryWriter(256);
  writeServerMessage(writer, message);
  const bytes = writer.getBuffer();
  return bytes.buffer.byteLength - bytes.length > MAX_UNUSED_BYTES ? bytes.slice() : bytes;
}

const encodedUpdates = new WeakMap<readonly QuerySetUpdate[], Uint8Array>();

/** Like `encodeServerMessage`, but cached: clients with the same update (the same object) share the bytes. */
export function encodeTransactionUpdate(querySets: QuerySetUpdate[]): Uint8Array {
  const known = encodedUpdates.get(querySets);
  if (known) return known;
  const bytes = encodeServerMessage({ tag: 'TransactionUpdate', value: { querySets } });
  encodedUpdates.set(querySets, bytes);
  return bytes;
}
