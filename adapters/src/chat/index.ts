import { internalsOf } from '../internals.ts';
import { shared } from '../leases.ts';
import { LiveStore } from '../live-store.ts';
import { Store } from '../store.ts';
import type { Connection } from '../types.ts';
import { none } from '../view.ts';
import { Messages } from './messages.ts';
import { Outbox } from './outbox.ts';
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
const noHistory: ChatHistory = { loading: false, reachedStart: false };

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

  const ofPeople = <T>(empty: T, pick: (people: People) => T): LiveStore<T> => {
    const store: LiveStore<T> = new LiveStore(internals, empty, () => {
      const leave = keepPeople();
      const current = people as People;
      const publish = (): void => store.set(pick(current), current.state);
      current.listeners.add(publish);
      publish();
      return () => {
        current.listeners.delete(publish);
        leave();
      };
    });
    return store;
  };
  const users = ofPeople<readonly ChatUser[]>(none, ({ all }) => all.view);
  const onlineUsers = ofPeople<readonly ChatUser[]>(none, ({ online }) => online.view);
  const me = ofPeople<ChatUser | undefined>(undefined, (people) => people.me);

  const history = new Store(internals.scope, noHistory);
  let shown: Messages | undefined;
  const { now } = internals.environment;
  const outbox = new Outbox(connection, size, now, () => internals.scope.batch(() => shown?.report()));
  const messages = new LiveStore<readonly ChatMessage[]>(internals, none, () => {
    const leave = keepPeople();
    const setHistory = (next: ChatHistory): void => {
      const { loading, reachedStart } = history.get();
      if (loading !== next.loading || reachedStart !== next.reachedStart) history.set(next);
    };
    const current = new Messages(
      internals,
      people as People,
      outbox,
      pageSize,
      windowMs,
      (list, state, next) => {
        messages.set(list, state);
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
    history: { subscribe: history.subscribe, get: history.get },
    sendMessage: (text) => outbox.send(text),
    retry: (message) => outbox.retry(message),
    discard: (message) => outbox.discard(message),
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
