/**
 * Part of the DOM's `WebSocket` that is used by `Environment.openSocket`.
 * @example
 * ```ts
 * const openSocket = (url: string, protocols: string[]): SocketLike =>
 *   new WebSocket(url, protocols) as SocketLike;
 * const factory = () => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * connect(factory, { environment: { openSocket } });
 * ```
 */
export interface SocketLike {
  /** Is set to `arraybuffer`. */
  binaryType: string;
  /** Protocol that the server has chosen. */
  readonly protocol: string;
  /** As in the DOM: 0 while connecting, 1 when open, 2 and 3 when closing and closed. */
  readonly readyState: number;
  /** Called when the socket is open. */
  onopen: ((event: never) => void) | null;
  /** Called with each frame. */
  onmessage: ((event: { data: ArrayBuffer }) => void) | null;
  /** Called when the socket has closed, once. */
  onclose: ((event: { code: number; reason: string }) => void) | null;
  /** Called before `onclose` when the socket failed. */
  onerror: ((event: never) => void) | null;
  /**
   * Sends a frame.
   * @param data the frame; it may be reused after the call
   */
  send(data: Uint8Array<ArrayBuffer>): void;
  /** Closes the socket. */
  close(): void;
}

/**
 * Platform functions that are used. Tests and unusual platforms may replace any of them.
 * @example
 * ```ts
 * const environment: Partial<Environment> = { isOnline: () => true, random: () => 0.5 };
 * const factory = () => DbConnection.builder().withUri('http://localhost:3000').withDatabaseName('my-database');
 * connect(factory, { environment });
 * ```
 */
export interface Environment {
  /**
   * Whether no connection may be opened.
   * @default true if there is neither a `window` nor the global scope of a worker
   */
  readonly isServer: boolean;
  /**
   * Fires `online`, `offline`, `pageshow` and `pagehide`.
   * @default `window`, if there is one
   */
  readonly window: EventTarget | undefined;
  /**
   * Fires `visibilitychange`.
   * @default `document`, if there is one
   */
  readonly document: (EventTarget & { readonly visibilityState?: string }) | undefined;
  /**
   * Whether there is a network.
   * @returns `navigator.onLine` by default, and true where that is unknown
   */
  isOnline(): boolean;
  /**
   * The time.
   * @returns milliseconds since the Unix epoch
   */
  now(): number;
  /**
   * Random number.
   * @returns from 0 up to, not including, 1
   */
  random(): number;
  /**
   * Starts a timer.
   * @param run called once
   * @param ms how long to wait, in milliseconds
   * @returns what `clearTimeout` takes
   */
  setTimeout(run: () => void, ms: number): unknown;
  /**
   * Stops a timer. Undefined, and one that has ended, are ignored.
   * @param timer what `setTimeout` returned
   */
  clearTimeout(timer: unknown): void;
  /**
   * Sends a request over HTTP, as the global `fetch` does.
   * @param url the URL
   * @param init method, headers and an abort signal
   * @returns the response
   */
  fetch(
    url: URL,
    init: { method?: string; headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<Response>;
  /**
   * Makes tabs that connect for the first time do so one after the other.
   * @default `navigator.locks` where there is a `window`
   */
  readonly locks: Pick<LockManager, 'request'> | undefined;
  /**
   * Opens a WebSocket.
   * @param url the URL, with a token for the socket that is valid for a minute
   * @param protocols the protocols to offer
   * @returns the socket, by default a global `WebSocket`, or in a Node without one that of the package `undici`
   */
  openSocket(url: string, protocols: string[]): SocketLike | Promise<SocketLike>;
}
