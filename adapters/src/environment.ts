import type { Environment, SocketLike } from './types.ts';

// A name that bundlers cannot follow: browsers never need the package.
const nodeSockets = 'undici';

async function openSocket(url: string, protocols: string[]): Promise<SocketLike> {
  const Socket = (globalThis.WebSocket ??
    // Node before 22 has none.
    ((await import(/* @vite-ignore */ /* webpackIgnore: true */ nodeSockets)) as typeof globalThis)
      .WebSocket) as unknown as new (url: string, protocols: string[]) => SocketLike;
  return new Socket(url, protocols);
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
