import type { Environment, SocketLike } from './types.ts';

async function openSocket(url: string, protocols: string[]): Promise<SocketLike> {
  // Node before 22 has none.
  const Socket = globalThis.WebSocket ?? (await (await import('./node-socket.ts')).nodeWebSocket());
  return new Socket(url, protocols) as unknown as SocketLike;
}

/** The platform this runs on. Globals are looked up when used, so that fake timers work. */
export function environment(parts: Partial<Environment> = {}): Environment {
  return {
    isServer: typeof window === 'undefined' && !('WorkerGlobalScope' in globalThis),
    window: globalThis.window,
    document: globalThis.document,
    isOnline: () => globalThis.navigator?.onLine !== false,
    now: () => Date.now(),
    random: () => Math.random(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    locks: globalThis.window?.navigator?.locks,
    fetch: (url, init) => fetch(url, init),
    openSocket,
    ...parts,
  };
}
