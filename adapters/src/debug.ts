import { noop } from './empty.ts';
import type { ConnectionStatus } from './types.ts';

/** The events that the parts of a connection log. */
export type DebugEvent =
  | { readonly kind: 'attempt'; readonly key: string; readonly attempt: number }
  | {
      readonly kind: 'status';
      readonly status: ConnectionStatus;
      readonly identity: string | undefined;
      /** In milliseconds since the Unix epoch. */
      readonly now: number;
    }
  | { readonly kind: 'unsent'; readonly error: Error }
  | { readonly kind: 'sent'; readonly bytes: Uint8Array }
  /** `size` is the size on the wire; `bytes` are the decompressed messages. */
  | { readonly kind: 'received'; readonly bytes: Uint8Array; readonly size: number };

/** Records an event; undefined while the log is off, so that `debug?.(…)` does not even evaluate its argument. */
export type DebugLog = ((event: DebugEvent) => void) | undefined;

const TOPICS = ['connection', 'frame', 'query', 'call'] as const;
export type DebugTopic = (typeof TOPICS)[number];

/**
 * Opens the log of one connection.
 * @param option the option `debug` of `connect`; if undefined, `localStorage.debug` or, in Node, `DEBUG` decides
 * @param report called with errors that the sink throws
 * @returns undefined when the log is off
 */
export function openDebugLog(
  option: boolean | ((line: string) => void) | undefined,
  report: (error: unknown) => void,
): DebugLog {
  const topics = option === undefined ? topicsOf(pattern()) : option ? TOPICS : [];
  if (topics.length === 0) return undefined;
  const write = typeof option === 'function' ? option : toConsole;
  // The formatting is downloaded only when debugging.
  const lines = import('./debug-lines.ts').then(
    ({ debugLines }) => debugLines(topics, write),
    () => noop,
  );
  return (event) => {
    const at = performance.now();
    // The SDK reuses the buffer.
    const kept = 'bytes' in event ? { ...event, bytes: event.bytes.slice() } : event;
    void lines.then((record) => record(kept, at)).catch(report);
  };
}

/** The topics that a pattern of the package `debug` turns on, such as `spacetimedb` or `spacetimedb:*,-spacetimedb:frame`. */
function topicsOf(pattern: string): readonly DebugTopic[] {
  const matchers = pattern.split(/[\s,]+/).flatMap((part) => {
    const [, skips, glob] = /^(-?)(.+)$/.exec(part) ?? [];
    if (glob === undefined) return [];
    const text = (glob === 'spacetimedb' ? 'spacetimedb:*' : glob).replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
    return [{ skips: skips === '-', regex: new RegExp(`^${text.replaceAll('*', '.*')}$`) }];
  });
  return TOPICS.filter((topic) => {
    const matching = matchers.filter(({ regex }) => regex.test(`spacetimedb:${topic}`));
    return matching.length > 0 && !matching.some(({ skips }) => skips);
  });
}

function pattern(): string {
  try {
    if (globalThis.window) return window.localStorage.getItem('debug') ?? '';
    // Browser projects have no types for Node's global.
    const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
    return process?.env['DEBUG'] ?? '';
  } catch {
    // A browser can forbid even accessing the storage.
    return '';
  }
}

/** In Node, stdout belongs to the program's own output. */
function toConsole(line: string): void {
  if (globalThis.window) console.debug(line);
  else console.error(line);
}
