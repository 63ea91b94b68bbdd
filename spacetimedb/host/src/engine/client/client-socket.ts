/** The socket of a connection, as the engine uses it. */
export interface ClientSocket {
  /** Sends one binary message, or queues it until the client has received the earlier ones. */
  send(frame: Uint8Array): void;
  /** Bytes that were sent but not yet received. Call `ClientConnection.drained` when the number falls. */
  readonly waitingBytes: number;
  /** Stops reading from the client. A few more messages may still arrive. */
  pause(): void;
  /** Reads from the client again. */
  resume(): void;
  /** Sends everything that is queued, then closes with a Close frame. */
  close(code: number, reason: string): void;
  /** Discards what is queued and closes with a Close frame, or without one after a short time. */
  cutOff(code: number, reason: string): void;
  /** Drops the connection without a Close frame. */
  terminate(): void;
}
