import { readFrame, type DebugMessage, type DebugQuery } from './debug-frames.ts';
import type { DebugEvent, DebugTopic } from './debug.ts';

/** A request that has no answer yet. */
interface Pending {
  readonly name: string;
  /** When it was sent, in milliseconds. */
  readonly at: number;
}

/**
 * Turns events into lines.
 * @param topics the topics to write
 * @param write called with each line
 * @returns a function that takes an event and its time in milliseconds
 */
export function debugLines(
  topics: readonly DebugTopic[],
  write: (line: string) => void,
): (event: DebugEvent, at: number) => void {
  /** The queries of the connection by their id. */
  const queries = new Map<number, Pending>();
  const calls = new Map<number, Pending>();
  let openedAt: number | undefined;

  const line = (topic: DebugTopic, text: string): void => {
    if (topics.includes(topic)) write(`spacetimedb:${topic} ${withoutTokens(text)}`);
  };

  const sent = ({ kind, requestId = 0, queries: [query] = [], called }: DebugMessage, at: number): void => {
    if (called !== undefined) calls.set(requestId, { name: called, at });
    if (!query) return;
    if (query.sql !== undefined) queries.set(query.id, { name: query.sql, at });
    line('query', `${kind === 'Subscribe' ? 'subscribing' : 'unsubscribing'}: ${nameOf(query)}`);
  };

  const received = (message: DebugMessage, at: number): void => {
    const { kind, requestId, error } = message;
    const call =
      kind === 'ReducerResult' || kind === 'ProcedureResult' ? calls.get(requestId ?? 0) : undefined;
    if (call) {
      calls.delete(requestId ?? 0);
      line('call', `${call.name}: ${error ?? 'ok'} (${elapsed(call.at, at)})`);
    }
    for (const query of message.queries ?? []) {
      const { id, added = 0, removed = 0 } = query;
      const took = elapsed(queries.get(id)?.at, at);
      if (kind === 'SubscribeApplied')
        line('query', `subscribed, ${rows(added)} (${took}): ${nameOf(query)}`);
      else if (kind === 'SubscriptionError') line('query', `failed, ${error} (${took}): ${nameOf(query)}`);
      else if (kind === 'UnsubscribeApplied') line('query', `unsubscribed: ${nameOf(query)}`);
      else line('query', `changed, +${added} -${rows(removed)}: ${nameOf(query)}`);
      if (kind === 'SubscriptionError' || kind === 'UnsubscribeApplied') queries.delete(id);
    }
  };

  const nameOf = ({ id }: DebugQuery): string => queries.get(id)?.name ?? `query ${id}`;

  /** Ids start again with the next connection. */
  const lose = (at: number): void => {
    for (const call of calls.values())
      line('call', `${call.name}: connection lost before the answer (${elapsed(call.at, at)})`);
    calls.clear();
    queries.clear();
  };

  return (event, at) => {
    switch (event.kind) {
      case 'attempt':
        openedAt = at;
        return line(
          'connection',
          `connecting to ${event.key.replace('spacetimedb:', '')}, attempt ${event.attempt}`,
        );
      case 'status':
        if (event.status.status === 'connected') {
          return line('connection', `connected as ${event.identity} (${elapsed(openedAt, at)})`);
        }
        lose(at);
        if (openedAt === undefined) return;
        // Attempts have their own line.
        if (
          event.status.nextRetryAt !== undefined ||
          event.status.attempt === 0 ||
          event.status.status === 'rejected'
        )
          line('connection', describe(event));
        return;
      case 'unsent':
        return line('call', `not sent: ${event.error.message}`);
      case 'sent': {
        const messages = readFrame(event.bytes, 'client');
        line('frame', `> ${bytes(event.bytes.length)}: ${kinds(messages)}`);
        for (const message of messages) sent(message, at);
        return;
      }
      case 'received': {
        const messages = readFrame(event.bytes, 'server');
        // The first byte of a frame says how it is compressed.
        const unpacked =
          event.size === event.bytes.length + 1 ? '' : `, ${bytes(event.bytes.length)} unpacked`;
        line('frame', `< ${bytes(event.size)}${unpacked}: ${kinds(messages)}`);
        for (const message of messages) received(message, at);
      }
    }
  };
}

/** JSON Web Tokens from any source. */
const withoutTokens = (text: string): string => text.replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]');
const bytes = (count: number): string => `${count} ${count === 1 ? 'byte' : 'bytes'}`;
const rows = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;
const elapsed = (since: number | undefined, at: number): string => `${Math.round(at - (since ?? at))} ms`;

/** `Subscribe, CallReducer x3` */
function kinds(messages: readonly DebugMessage[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of messages) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${kind} x${count}`)).join(', ');
}

function describe({ status, now }: Extract<DebugEvent, { kind: 'status' }>): string {
  const { status: state, error, nextRetryAt } = status;
  const why = error ? `, ${error.code}: ${error.message}` : '';
  const next = nextRetryAt === undefined ? '' : `, next attempt in ${Math.max(0, nextRetryAt - now)} ms`;
  return `${state}${why}${next}`;
}
