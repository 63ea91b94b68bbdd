import { AlgebraicType, BinaryWriter } from 'spacetimedb';
import { BsatnError, BsatnReader } from '../sats/bsatn-reader.ts';
import { ServerMessage, type ClientMessage, type QuerySetUpdate } from './messages.ts';
import { readClientMessage } from './read-client-message.ts';

const writeServerMessage = AlgebraicType.makeSerializer(ServerMessage.algebraicType);

/** Millions of the smallest messages fit into the largest frame, and take many times its size when they are read. */
const MAX_MESSAGES_PER_FRAME = 16_384;

/** A frame that is not what the protocol says it should be; the connection that sent it is closed with `message`. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** A frame with more messages than the host takes at once. */
export class TooManyMessagesError extends ProtocolError {
  override readonly message = 'too many requests';
}

/**
 * Reads the messages of one frame from a client.
 *
 * @param isV3 whether several messages may follow one another in a frame; otherwise what follows the first is ignored
 * @throws {TooManyMessagesError} when it holds more than 16,384 messages
 * @throws {ProtocolError} when the frame is empty or cut off, or names something unknown
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

/** Buffers that were made this much too large are copied, so that what waits for a client takes no more than its size. */
const MAX_UNUSED_BYTES = 16 * 1024;

/** The bytes of one message to a client, without the frame's compression byte. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  const writer = new BinaryWriter(256);
  writeServerMessage(writer, message);
  const bytes = writer.getBuffer();
  return bytes.buffer.byteLength - bytes.length > MAX_UNUSED_BYTES ? bytes.slice() : bytes;
}

const encodedUpdates = new WeakMap<readonly QuerySetUpdate[], Uint8Array>();

/** As `encodeServerMessage`; clients that are told the same (the same object) share the bytes. */
export function encodeTransactionUpdate(querySets: QuerySetUpdate[]): Uint8Array {
  const known = encodedUpdates.get(querySets);
  if (known) return known;
  const bytes = encodeServerMessage({ tag: 'TransactionUpdate', value: { querySets } });
  encodedUpdates.set(querySets, bytes);
  return bytes;
}
