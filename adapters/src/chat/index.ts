import { internalsOf } from '../internals.ts';
import { shared } from '../leases.ts';
import { liveStore } from '../live-store.ts';
import { Store } from '../store.ts';
import type { Connection, Live } from '../types.ts';
import { none } from '../none.ts';
import { Messages } from './messages.ts';
import { createOutbox } from './outbox.ts';
import { People } from './people.ts';
import type { Chat, ChatDb, ChatHistory, ChatMessage, ChatOptions, ChatUser } from './types.ts';

export type {
  Chat,
  ChatDb,
  ChatHistory,
  ChatMessage,
  ChatOptions,
  ChatUser,
  MessageRow,
  UserRow,
} from './types.ts';

const DAY = 86_400_000;
const noHistory: ChatHistory = { loading: false, reachedStart: false, unshown: 0 };

/**
 * The stores and calls of a chat on a module with the tutorial's tables (`user`, `message`) and reducers
 * (`set_name`, `send_message`).
 *
 * Users and messages are subscribed only while one of their stores is. Of the messages, at first only the
 * recent ones: at least `windowMs` back, and further back in growing steps until a page is full. `messages`
 * stays `loading` until then, and until the authors are here; it has nothing but our own new ones so long.
 */
export function createChat(
  connection: Connection<ChatDb>,
  { pageSize = 50, windowMs = DAY, outbox: size = 20 }: ChatOptions = {},
): Chat {
  const internals = internalsOf(connection);
  let people: People | undefined;
  const keepPeople = shared(() => {
    const current = (people = new People(internals));
    return () => {
      people = undefined;
      current.stop();
    };
  });

  const ofPeople = <T>(empty: T, pick: (people: People) => T): Live<T> =>
    liveStore(internals, empty, (set) => {
      const leave = keepPeople();
      const current = people as People;
      const publish = (): void => set(pick(current), current.query);
      current.listeners.add(publish);
      publish();
      return () => {
        current.listeners.delete(publish);
        leave();
      };
    });
  const users = ofPeople<readonly ChatUser[]>(none, ({ all }) => all);
  const onlineUsers = ofPeople<readonly ChatUser[]>(none, ({ online }) => online);
  const me = ofPeople<ChatUser | undefined>(undefined, (people) => people.me);

  const history = new Store(internals.scope, noHistory);
  let shown: Messages | undefined;
  const { now } = internals.environment;
  const outbox = createOutbox(connection, size, now, () => internals.scope.batch(() => shown?.report()));
  const messages = liveStore<readonly ChatMessage[]>(internals, none, (set) => {
    const leave = keepPeople();
    const setHistory = (next: ChatHistory): void => {
      const { loading, reachedStart, unshown } = history.get();
      const isSame =
        loading === next.loading && reachedStart === next.reachedStart && unshown === next.unshown;
      if (!isSame) history.set(next);
    };
    const current = new Messages(
      internals,
      people as People,
      outbox,
      pageSize,
      windowMs,
      (list, state, next) => {
        set(list, state);
        setHistory(next);
      },
    );
    shown = current;
    return () => {
      shown = undefined;
      current.stop();
      leave();
      setHistory(noHistory);
    };
  });

  return {
    messages,
    users,
    onlineUsers,
    me,
    status: connection.status,
    history: history.readable,
    sendMessage: outbox.send,
    retry: outbox.retry,
    discard: outbox.discard,
    setName: (name) => connection.call(({ reducers }) => reducers.setName({ name })),
    async loadOlder() {
      // Keeps the window open until the answer is here, whoever leaves.
      const leave = messages.subscribe(() => undefined);
      try {
        return (await shown?.loadOlder()) ?? false;
      } finally {
        leave();
      }
    },
    forgetOlder: (keep = pageSize) => shown?.forgetOlder(keep) ?? false,
  };
}
