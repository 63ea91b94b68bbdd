import { AlgebraicType, BinaryReader, BinaryWriter } from 'spacetimedb';
import { ClientMessage, ServerMessage, type QuerySetUpdate } from './messages.ts';

const readClientMessage = AlgebraicType.makeDeserializer(ClientMessage.algebraicType);
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
 * @param isV3 whether several messages may follow one another in a frame
 * @throws {TooManyMessagesError} when it holds more than 16,384 messages
 * @throws {ProtocolError} when the frame is empty, cut off, has bytes left over, or names an unknown message
 */
export function decodeClientFrame(frame: Uint8Array, isV3: boolean): ClientMessage[] {
  const reader = new BinaryReader(frame);
  const messages: ClientMessage[] = [];
  do {
    if (messages.length >= MAX_MESSAGES_PER_FRAME) {
      throw new TooManyMessagesError();
    }
    messages.push(readMessage(reader));
  } while (isV3 && reader.remaining > 0);
  if (reader.remaining > 0) throw new ProtocolError(`the message is followed by ${reader.remaining} bytes`);
  return messages;
}

function readMessage(reader: BinaryReader): ClientMessage {
  let message: ClientMessage | undefined;
  try {
    message = readClientMessage(reader) as ClientMessage | undefined;
  } catch (error) {
    throw new ProtocolError(`the message cannot be read: ${(error as Error).message}`, { cause: error });
  }
  // The SDK's reader does not notice every read past the end.
  if (message === undefined || reader.remaining < 0) throw new ProtocolError('the message cannot be read');
  return message;
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
