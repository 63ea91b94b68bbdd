// A name that bundlers cannot follow: browsers never need the package.
const name = 'undici';

/** The `WebSocket` for Node versions without one. */
export async function nodeWebSocket(): Promise<typeof WebSocket> {
  return ((await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as typeof globalThis).WebSocket;
}
