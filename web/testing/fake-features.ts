/** In-memory features of a chat. All calls succeed at once, unless a test says otherwise. */
import type { Live } from 'spacetimedb-stores';
import type {
  ChatFeatures,
  ChatMessage,
  ChatUser,
  MessageDetails,
  Reaction,
  UnreadCount,
} from 'spacetimedb-stores/chat';
import { liveStatus } from './fixtures.ts';

/** A store that a test can set. */
export interface FakeStore<T> extends Live<T> {
  set(value: T): void;
}

export function fakeStore<T>(value: T): FakeStore<T> {
  const subscribers = new Set<(value: T) => void>();
  const status = liveStatus('ready');
  return {
    get: () => value,
    subscribe: (run) => {
      subscribers.add(run);
      run(value);
      return () => subscribers.delete(run);
    },
    set: (changed) => {
      value = changed;
      for (const run of subscribers) run(value);
    },
    status: {
      get: () => status,
      subscribe: (run) => {
        run(status);
        return () => {};
      },
    },
  };
}

const nothing: MessageDetails = {
  reactions: [],
  replyTo: undefined,
  editedAt: undefined,
  mentions: [],
  isPinned: false,
  pendingText: undefined,
  isBeingDeleted: false,
};

/** A call of a method, by its name and its arguments without the message. */
export type FakeCall = readonly [string, ...unknown[]];

export class FakeFeatures implements ChatFeatures {
  readonly isAvailable = fakeStore(true);
  readonly pins = fakeStore<readonly ChatMessage[]>([]);
  readonly typing = fakeStore<readonly ChatUser[]>([]);
  readonly readUntil = fakeStore<Date | undefined>(undefined);
  readonly blocked = fakeStore<ReadonlySet<string>>(new Set());
  readonly editLimitMs = fakeStore<number | undefined>(undefined);
  /** The calls, in order. */
  readonly calls: FakeCall[] = [];
  /** The reason if the server refuses everything. */
  refusal: Error | undefined;
  /** Messages that `find` finds by their keys. */
  findable: readonly ChatMessage[] = [];
  readonly #me: ChatUser;
  readonly #details = new Map<string, FakeStore<MessageDetails>>();

  constructor(me: ChatUser) {
    this.#me = me;
  }

  readonly details = ({ key }: ChatMessage): FakeStore<MessageDetails> => {
    const known = this.#details.get(key) ?? fakeStore(nothing);
    this.#details.set(key, known);
    return known;
  };

  /** Changes the details of a message. */
  change(message: ChatMessage, parts: Partial<MessageDetails>): void {
    const store = this.details(message);
    store.set({ ...store.get(), ...parts });
  }

  readonly idOf = ({ key }: ChatMessage): string => key;
  readonly find = (id: string): Promise<ChatMessage | undefined> =>
    Promise.resolve(this.findable.find(({ key }) => key === id));

  readonly toggleReaction = async (message: ChatMessage, emoji: string): Promise<void> => {
    await this.#call('toggleReaction', emoji);
    const { reactions } = this.details(message).get();
    const known = reactions.find((reaction) => reaction.emoji === emoji);
    const people = known?.people.filter(({ isMe }) => !isMe) ?? [];
    const changed = reactionOf(emoji, known?.isMine ? people : [...people, this.#me]);
    const all = known
      ? reactions.map((reaction) => (reaction === known ? changed : reaction))
      : [...reactions, changed];
    this.change(message, { reactions: all.filter(({ count }) => count > 0) });
  };
  readonly canEdit = ({ mine, sent }: ChatMessage): boolean => {
    const limit = this.editLimitMs.get();
    return mine && (limit === undefined || Date.now() - sent.getTime() <= limit);
  };
  readonly edit = (_: ChatMessage, text: string): Promise<void> => this.#call('edit', text);
  readonly deleteOwn = (): Promise<void> => this.#call('deleteOwn');
  readonly pin = async (message: ChatMessage): Promise<void> => {
    await this.#call('pin');
    this.change(message, { isPinned: true });
  };
  readonly unpin = async (message: ChatMessage): Promise<void> => {
    await this.#call('unpin');
    this.change(message, { isPinned: false });
  };
  readonly versions = async (): Promise<readonly { text: string; at: Date }[]> => {
    await this.#call('versions');
    return [{ text: 'the first text', at: new Date(2026, 2, 14, 9) }];
  };
  readonly setTyping = (): void => {};
  readonly search = (): Promise<readonly ChatMessage[]> => Promise.resolve([]);
  readonly markRead = (): void => {};
  readonly countUnread = (): Promise<UnreadCount> => Promise.resolve({ messages: 0, mentions: 0 });
  readonly block = async ({ id }: ChatUser): Promise<void> => {
    await this.#call('block', id);
    this.blocked.set(new Set([...this.blocked.get(), id]));
  };
  readonly unblock = async ({ id }: ChatUser): Promise<void> => {
    await this.#call('unblock', id);
    this.blocked.set(new Set([...this.blocked.get()].filter((other) => other !== id)));
  };
  readonly report = (_: ChatMessage, reason: string): Promise<void> => this.#call('report', reason);

  #call(...call: FakeCall): Promise<void> {
    this.calls.push(call);
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve();
  }
}

export function reactionOf(emoji: string, people: readonly ChatUser[]): Reaction {
  return { emoji, count: people.length, isMine: people.some(({ isMe }) => isMe), people };
}
