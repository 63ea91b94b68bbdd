import { WebSocket } from 'ws';
import type { ClientSocket } from '../../engine/client/client-socket.ts';

/** Larger frames are sent in fragments of this size, to see how fast the client receives them. */
const FRAGMENT_BYTES = 256 * 1024;
/** Bytes handed to the operating system in advance. The rest waits here, where it can be dropped. */
const MAX_HANDED_OVER_BYTES = 1024 * 1024;
/** Time for a disconnected client to read the reason. */
const CUT_OFF_GRACE_MS = 5_000;
/** Time for a client to receive what was sent before its connection is closed. */
const CLOSE_GRACE_MS = 30_000;

/** A WebSocket that sends frames as fast as the client receives them, and knows how much waits. */
export class FrameSocket implements ClientSocket {
  readonly #socket: WebSocket;
  readonly #onTaken: () => void;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** How much of the first frame in the queue was handed to the operating system. */
  #handedOver = 0;
  #handedOverTotal = 0;
  #closing: { readonly code: number; readonly reason: string } | undefined;

  /** @param onTaken called whenever the client has received something */
  constructor(socket: WebSocket, onTaken: () => void) {
    this.#socket = socket;
    this.#onTaken = onTaken;
  }

  get waitingBytes(): number {
    return this.#queuedBytes + this.#socket.bufferedAmount;
  }

  /** Approximate bytes that the client has received in total. */
  get takenBytes(): number {
    return this.#handedOverTotal - this.#socket.bufferedAmount;
  }

  send(frame: Uint8Array): void {
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    this.#handOver();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    this.#closing = { code, reason };
    this.#terminateAfter(CLOSE_GRACE_MS);
    this.#handOver();
  }

  cutOff(code: number, reason: string): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#terminateAfter(CUT_OFF_GRACE_MS);
    // The close handshake needs the client's answer.
    this.#socket.resume();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#socket.terminate();
  }

  #handOver(): void {
    const socket = this.#socket;
    while (this.#queue.length > 0 && socket.bufferedAmount < MAX_HANDED_OVER_BYTES) {
      if (socket.readyState !== WebSocket.OPEN) return;
      const frame = this.#queue[0] as Uint8Array;
      const end = Math.min(this.#handedOver + FRAGMENT_BYTES, frame.length);
      const fragment = frame.subarray(this.#handedOver, end);
      const isLast = end === frame.length;
      this.#handedOver = isLast ? 0 : end;
      this.#queuedBytes -= fragment.length;
      this.#handedOverTotal += fragment.length;
      if (isLast) this.#queue.shift();
      socket.send(fragment, { binary: true, fin: isLast }, this.#taken);
    }
    if (this.#closing && this.#queue.length === 0) {
      socket.resume();
      socket.close(this.#closing.code, this.#closing.reason);
    }
  }

  readonly #taken = (): void => {
    if (this.#queue.length > 0) this.#handOver();
    this.#onTaken();
  };

  #terminateAfter(milliseconds: number): void {
    const timer = setTimeout(() => this.#socket.terminate(), milliseconds);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }
}
