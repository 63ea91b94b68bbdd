/**
 * Takes over what the inline script in `app.html` started while the page's scripts were loading: the request for
 * `config.json` and the connection to the server it names. Each part is used once, if it fits; otherwise the page
 * starts its own. So the page also works if the script did not run or guessed wrong.
 */
import type { Environment, SocketLike } from 'spacetimedb-stores';

/** A connection started by the script in `app.html`. */
interface Begun {
  readonly socket: WebSocket;
  readonly frames: ArrayBuffer[];
  /** The response that exchanged the visitor's token for a short-lived one, which may appear in a URL. */
  readonly token?: Response;
  /** The name of the lock that is held while the first token is issued. */
  readonly lock?: string;
  /** Lets other tabs request their first token. Set while this page holds the lock. */
  readonly unlock?: () => void;
}

interface Early {
  readonly file: Promise<Response>;
  /** Undefined if no connection was started. */
  readonly connection: Promise<Begun | undefined>;
}

declare global {
  var earlyChat: Early | undefined;
}

/** Like `fetch`, for `config.json`: uses the request that is already running, if there is one. */
export const fetchConfig: typeof fetch = (input, init) => globalThis.earlyChat?.file ?? fetch(input, init);

/** Returns the parts of the stores' environment that take over a started connection. */
export function earlyEnvironment(): Partial<Environment> {
  const { connection } = globalThis.earlyChat ?? {};
  if (!connection) return {};
  let isLocked = false;
  let isTokenTaken = false;
  let isSocketTaken = false;
  return {
    ...(navigator.locks && {
      locks: {
        request: async (name: string, run: () => Promise<unknown>) => {
          const begun = await connection;
          if (isLocked || begun?.lock !== name || !begun.unlock) return navigator.locks.request(name, run);
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

/** Presents the socket as one that is about to open, and replays what has happened on it to the new handlers. */
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
