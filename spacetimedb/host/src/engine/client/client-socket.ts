/** The socket under a connection, as the engine sees it. */
export interface ClientSocket {
  /** Sends one binary WebSocket message, or keeps it until the client has taken what was sent before. */
  send(frame: Uint8Array): void;
  /** Bytes that were sent and that the client has not taken. `ClientConnection.drained` is to be called when they get fewer. */
  readonly waitingBytes: number;
  /** Stops reading what the client sends; a few more messages may arrive all the same. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /** Closes with a Close frame behind everything that was sent. */
  close(code: number, reason: string): void;
  /** Drops what waits and closes with a Close frame; soon after, without it. */
  cutOff(code: number, reason: string): void;
  /** Drops the connection without a word. */
  terminate(): void;
}
