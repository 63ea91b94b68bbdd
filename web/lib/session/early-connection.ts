/**
 * What the script in `app.html` has asked for while the page's own scripts were on their way: `config.json`, and the
 * connection to the server that it names. What fits is taken over, once; all else is made anew. So a page whose script
 * did not run, or guessed wrong, works as well, only later.
 */
import type { Environment, SocketLike } from 'spacetimedb-stores';

/** A connection that has been begun. Its script stands in `app.html`. */
interface Begun {
  /** What the stores keep the token under, and lock while somebody gets their first one. */
  readonly key: string;
  readonly socket: WebSocket;
  /** What has arrived on it so far. */
  readonly frames: ArrayBuffer[];
  /** The answer that has swapped the token for one that may stand in an address, for visitors who have a token. */
  readonly token?: Response;
  /** Lets other tabs get their first token; set while this page holds the lock. */
  readonly unlock?: () => void;
}

interface Early {
  /** The answer for `config.json`. */
  readonly file: Promise<Response>;
  /** Undefined when no connection could be begun. */
  readonly connection: Promise<Begun | undefined>;
}

declare global {
  var earlyChat: Early | undefined;
}

/** As `fetch`, for `config.json`: with the answer that is on its way already, if it is. */
export const fetchConfig: typeof fetch = (input, init) => globalThis.earlyChat?.file ?? fetch(input, init);

/** The parts of the stores' environment that take over a connection that has been begun. */
export function earlyEnvironment(): Partial<Environment> {
  const { connection } = globalThis.earlyChat ?? {};
  if (!connection) return {};
  let isLocked = false;
  let isTokenTaken = false;
  let isSocketTaken = false;
  return {
    ...(navigator.locks && {
      locks: {
        request: async (key: string, run: () => Promise<unknown>) => {
          const begun = await connection;
          if (isLocked || begun?.key !== key || !begun.unlock) return navigator.locks.request(key, run);
          isLocked = true;
          try {
            return await run();
          } finally {
            begun.unlock();
          }
        },
      } as Pick<LockManager, 'request'>,
    }),
    async fetch(url, init) {
      const isSwap = url.pathname.endsWith('/v1/identity/websocket-token');
      const token = isSwap && !isTokenTaken ? (await connection)?.token : undefined;
      isTokenTaken ||= isSwap;
      return token && sameServer(token.url, url) ? token : fetch(url, init);
    },
    async openSocket(address, protocols) {
      const begun = isSocketTaken ? undefined : await connection;
      isSocketTaken = true;
      const { socket } = begun ?? {};
      if (begun && socket && socket.url === address && socket.readyState <= WebSocket.OPEN) {
        return takenOver(socket, begun.frames);
      }
      socket?.close();
      begun?.unlock?.();
      return new WebSocket(address, protocols) as unknown as SocketLike;
    },
  };
}

function sameServer(address: string, url: URL): boolean {
  return new URL(address).host === url.host;
}

/** The socket as one that is about to be opened: what has happened on it happens to its new handlers. */
function takenOver(socket: WebSocket, frames: ArrayBuffer[]): SocketLike {
  const handlers: Pick<SocketLike, 'onopen' | 'onmessage' | 'onclose' | 'onerror'> = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
  };
  return {
    get binaryType() {
      return socket.binaryType;
    },
    set binaryType(type) {
      socket.binaryType = type as BinaryType;
    },
    get protocol() {
      return socket.protocol;
    },
    get readyState() {
      return socket.readyState;
    },
    get onopen() {
      return handlers.onopen;
    },
    set onopen(run) {
      handlers.onopen = run;
      if (run && socket.readyState === WebSocket.OPEN) queueMicrotask(run as () => void);
      else socket.onopen = run as () => void;
    },
    get onmessage() {
      return handlers.onmessage;
    },
    set onmessage(run) {
      handlers.onmessage = run;
      for (const data of frames.splice(0)) run?.({ data });
      socket.onmessage = run;
    },
    get onclose() {
      return handlers.onclose;
    },
    set onclose(run) {
      handlers.onclose = run;
      socket.onclose = run;
    },
    get onerror() {
      return handlers.onerror;
    },
    set onerror(run) {
      handlers.onerror = run;
      socket.onerror = run as () => void;
    },
    send: (data) => socket.send(data),
    close: () => socket.close(),
  };
}
