import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Overhead of a client's control frame: two bytes of header and the mask. */
const CONTROL_FRAME_BYTES = 6;

/**
 * Counts the bytes of incomplete messages, which must be kept in memory: messages can be large, and a client can open
 * many WebSockets without completing any. Beyond the limit, the connections with the most bytes are dropped.
 */
export class UnfinishedMessages {
  readonly #maxBytes: number;
  readonly #bytes = new Map<WebSocket, number>();
  readonly #drops = new Map<WebSocket, () => void>();
  #total = 0;

  /** @param maxBytes all clients together; `Infinity` for no limit */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Counts for one WebSocket until it closes.
   *
   * @param stream the stream under the WebSocket
   * @param drop ends the connection; called at most once
   */
  watch(stream: Duplex, socket: WebSocket, drop: () => void): void {
    this.#drops.set(socket, drop);
    // Before the WebSocket reads the chunk, which reports completed messages at once.
    stream.prependListener('data', (chunk: Buffer) => this.#add(socket, chunk.length));
    socket.on('message', () => this.#set(socket, 0));
    for (const name of ['ping', 'pong'] as const) {
      socket.on(name, (data: Buffer) => this.#add(socket, -CONTROL_FRAME_BYTES - data.length));
    }
    socket.on('close', () => {
      this.#set(socket, 0);
      this.#drops.delete(socket);
    });
  }

  #add(socket: WebSocket, bytes: number): void {
    this.#set(socket, Math.max(0, (this.#bytes.get(socket) ?? 0) + bytes));
    while (this.#total > this.#maxBytes) this.#dropLargest();
  }

  #set(socket: WebSocket, bytes: number): void {
    this.#total += bytes - (this.#bytes.get(socket) ?? 0);
    if (bytes === 0) this.#bytes.delete(socket);
    else this.#bytes.set(socket, bytes);
  }

  #dropLargest(): void {
    let [largest, most] = [undefined as WebSocket | undefined, 0];
    for (const [socket, bytes] of this.#bytes) if (bytes > most) [largest, most] = [socket, bytes];
    if (largest === undefined) return;
    this.#set(largest, 0);
    this.#drops.get(largest)?.();
    this.#drops.delete(largest);
  }
}
