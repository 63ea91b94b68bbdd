import { emptyList, noop } from '../../empty.ts';
import type { Internals } from '../../internals.ts';
import { isSame } from '../../sorted-list.ts';
import { Store } from '../../store.ts';
import type { SdkDb } from '../../subscriptions.ts';
import type { Connection, LiveStatus, Readable } from '../../types.ts';
import { identityId } from '../identity-id.ts';
import type { Chat, ChatMessage, ChatUser } from '../types.ts';
import type { FeaturesDb, TypingRow } from './rows.ts';

/** How long someone counts as typing after their last event. */
const LASTS_MS = 6_000;

/** Milliseconds between two events while we are typing. */
const TELL_MS = 3_000;

type OnTyping = (context: unknown, row: TypingRow) => void;

export interface Typing {
  readonly people: Readable<readonly ChatUser[]>;
  setTyping(this: void, isTyping: boolean): void;
}

/**
 * Creates the store of people who are typing, and sends our own typing. These are events, which the server does not
 * store.
 */
export function createTyping(
  connection: Connection<FeaturesDb>,
  { environment, scope }: Internals,
  chat: Chat,
  availability: Readable<LiveStatus>,
  blocked: Readable<ReadonlySet<string>>,
): Typing {
  /** When each person stops, by our clock; in order of their start. */
  const until = new Map<string, number>();

  const people = new Store<readonly ChatUser[]>(scope, emptyList, () => {
    let timer: unknown;
    let stopListening = noop;
    /** The time of the newest message that was read, in microseconds. */
    let seen = 0n;

    const show = (): void => {
      environment.clearTimeout(timer);
      const now = environment.now();
      for (const [id, end] of until) if (end <= now) until.delete(id);
      if (until.size > 0) timer = environment.setTimeout(show, Math.min(...until.values()) - now);
      const next = [...until.keys()].flatMap((id) => {
        const user = chat.onlineUsers.get().find((other) => other.id === id);
        return user && !user.isMe && !blocked.get().has(id) ? [user] : [];
      });
      if (!isSame(people.get(), next)) people.set(next);
    };
    const heard = ({ person, isTyping }: TypingRow): void => {
      const id = identityId(person);
      if (isTyping) until.set(id, environment.now() + LASTS_MS);
      else until.delete(id);
      show();
    };
    /** A person whose message has arrived is no longer typing. */
    const read = (): void => {
      const list = chat.messages.get();
      const before = seen;
      for (let index = list.length - 1; index >= 0; index--) {
        const { row, author } = list[index] as ChatMessage;
        // A message that the server does not have yet has the time of our clock.
        if (!row) continue;
        const time = row.sent.microsSinceUnixEpoch;
        if (time <= before) break;
        if (time > seen) seen = time;
        until.delete(author.id);
        if (until.size === 0) break;
      }
      show();
    };

    const endListening = (): void => {
      stopListening();
      // Releases the reference to the connection.
      stopListening = noop;
    };
    const listen = (): void => {
      const { status } = connection.status.get();
      if (status === 'closed') {
        until.clear();
        show();
      }
      if (status !== 'connected' || !availability.get().isReady) {
        endListening();
      } else if (stopListening === noop) {
        void connection.call(async (db) => (stopListening = subscribe(db, heard, connection))).catch(noop);
      }
    };
    const stops = [
      connection.status.subscribe(() => listen()),
      availability.subscribe(() => listen()),
      chat.messages.subscribe(read),
      chat.onlineUsers.subscribe(show),
      blocked.subscribe(show),
    ];
    return () => {
      for (const stop of stops) stop();
      endListening();
      environment.clearTimeout(timer);
      until.clear();
      people.set(emptyList);
    };
  });

  let toldAt = -Infinity;
  return {
    people: people.readable,
    setTyping(isTyping) {
      const isDue = isTyping ? environment.now() - toldAt >= TELL_MS : toldAt !== -Infinity;
      if (!isDue || connection.status.get().status !== 'connected' || availability.get().status === 'error')
        return;
      toldAt = isTyping ? environment.now() : -Infinity;
      // Nobody misses it if it is lost.
      void connection.call(({ reducers }) => reducers.setTyping({ isTyping })).catch(noop);
    },
  };
}

/** The SDK keeps no rows of an event table, so a query would be empty: only callbacks work. */
function subscribe(
  db: FeaturesDb,
  run: (row: TypingRow) => void,
  { status }: Connection<FeaturesDb>,
): () => void {
  const sdk = db as unknown as SdkDb;
  const table = sdk.db['typing'] as unknown as
    { onInsert(run: OnTyping): void; removeOnInsert(run: OnTyping): void } | undefined;
  if (!table) return noop;
  const onTyping: OnTyping = (_, row) => run(row);
  table.onInsert(onTyping);
  const handle = sdk.subscriptionBuilder().onApplied(noop).onError(noop).subscribe('SELECT * FROM typing');
  return () => {
    table.removeOnInsert(onTyping);
    // A lost connection has no subscriptions.
    if (status.get().status === 'connected' && handle.isActive()) handle.unsubscribe();
  };
}
