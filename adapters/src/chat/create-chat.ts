import { emptyList, noop } from '../empty.ts';
import { internalsOf } from '../internals.ts';
import { liveStore } from '../live-store.ts';
import { refCounted } from '../ref-count.ts';
import { isSame } from '../sorted-list.ts';
import { Store } from '../store.ts';
import type { Connection, Live } from '../types.ts';
import { Messages, type MessagesListener, type PublishMessages } from './messages.ts';
import { createOutbox } from './outbox.ts';
import { setChatParts, type ChatParts } from './parts.ts';
import { People } from './people.ts';
import type { Chat, ChatDb, ChatHistory, ChatMessage, ChatOptions, ChatUser } from './types.ts';
import type { Span } from './window.ts';

const DAY_MS = 86_400_000;
const noHistory: ChatHistory = { isLoading: false, reachedStart: false, hiddenCount: 0 };

/**
 * Creates the stores and calls of a chat, on a module with the tutorial's tables (`user`, `message`) and reducers
 * (`set_name`, `send_message`).
 *
 * Users and messages are subscribed while one of their stores has subscribers. At first, only the newest messages are
 * loaded: at least `windowMs` back, and further until a page is full. `messages` is `loading` until they and their
 * authors have arrived; until then it contains only your unsent messages.
 * @param connection the connection to use
 * @param options how many messages to load, and how many may wait for a connection
 * @returns the chat
 * @example
 * ```ts
 * const { messages, sendMessage } = createChat(connection);
 * messages.subscribe((list) => console.log(list.map(({ text }) => text))); // ['Hello', 'Hi Ann', 'Bye']
 * await sendMessage('Bye');
 * console.log(messages.get().at(-1)?.status); // sent
 * ```
 */
export function createChat(
  connection: Connection<ChatDb>,
  { pageSize = 50, windowMs = DAY_MS, maxQueued = 20, retryAfterMs, guestName }: ChatOptions = {},
): Chat {
  const internals = internalsOf(connection);
  let people: People | undefined;
  const keepPeople = refCounted(() => {
    const current = (people = new People(internals, guestName));
    return () => {
      people = undefined;
      current.stop();
    };
  });

  const ofPeople = <T>(empty: T, pick: (people: People) => T): Live<T> =>
    liveStore(internals, empty, (set) => {
      const release = keepPeople();
      const current = people as People;
      const publish = (): void => set(pick(current), current.query);
      current.listeners.add(publish);
      publish();
      return () => {
        current.listeners.delete(publish);
        release();
      };
    });
  const users = ofPeople<readonly ChatUser[]>(emptyList, ({ all }) => all);
  const onlineUsers = ofPeople<readonly ChatUser[]>(emptyList, ({ online }) => online);
  const me = ofPeople<ChatUser | undefined>(undefined, (people) => people.me);

  const history = new Store(internals.scope, noHistory);
  const setHistory = (next: ChatHistory): void => {
    const { isLoading, reachedStart, hiddenCount } = history.get();
    const isSame =
      isLoading === next.isLoading && reachedStart === next.reachedStart && hiddenCount === next.hiddenCount;
    if (!isSame) history.set(next);
  };
  let shown: Messages | undefined;
  const { environment, scope } = internals;
  const guardedRetryAfterMs: ChatOptions['retryAfterMs'] = (error) => {
    let ms: number | undefined;
    scope.guard(() => (ms = retryAfterMs?.(error)), undefined);
    return ms;
  };
  const outboxOptions = { maxQueued, environment, retryAfterMs: retryAfterMs && guardedRetryAfterMs };
  const outbox = createOutbox(connection, outboxOptions, () => scope.batch(() => shown?.report()));
  const messages = liveStore<readonly ChatMessage[]>(internals, emptyList, (set) => {
    const release = keepPeople();
    const publish: PublishMessages = (list, progress, next) => {
      set(list, progress);
      setHistory(next);
    };
    const listener: MessagesListener = {
      onSpans: (next) => {
        if (!isSame(spans.get(), next)) spans.set(next);
      },
      onClaimed: (key, row) => parts.claims.forEach((listener) => listener(key, row)),
    };
    const current = new Messages(internals, people as People, outbox, pageSize, windowMs, publish, listener);
    shown = current;
    return () => {
      shown = undefined;
      current.stop();
      release();
      setHistory(noHistory);
    };
  });

  const spans = new Store<readonly Span[]>(internals.scope, emptyList);
  /** Keeps the messages subscribed until the answer arrives, even if there are no other subscribers. */
  const whileShown = async (run: (shown: Messages) => Promise<boolean>): Promise<boolean> => {
    const stop = messages.subscribe(noop);
    try {
      return shown ? await run(shown) : false;
    } finally {
      stop();
    }
  };

  const chat: Chat = {
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
    loadOlder: () => whileShown((shown) => shown.loadOlder()),
    loadUntil: (time) => whileShown((shown) => shown.loadUntil(time.getTime())),
    unloadOlder: (keep = pageSize) => shown?.unloadOlder(keep) ?? false,
  };
  const parts: ChatParts = {
    maxQueued,
    keepPeople: () => {
      const release = keepPeople();
      return { people: people as People, release };
    },
    spans: spans.readable,
    claims: new Set(),
    follow: (changes) => shown?.update(changes),
    messageAt: (moment) => shown?.messageAt(moment),
  };
  setChatParts(chat, parts);
  return chat;
}
