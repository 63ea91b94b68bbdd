/** View model of an open chat, shared by the site and the widget. */
import { NotConnectedError, type ConnectionStatus, type LiveStatus } from 'spacetimedb-stores';
import type { ChatFeatures, ChatHistory, ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import type { OpenChat } from './open-chat.ts';
import { openDraft, type Draft } from './draft.ts';
import { unsentTexts } from './messages.ts';
import { throttled } from './throttled-stores.svelte.ts';
import { Unread } from './unread.svelte.ts';
import { readState } from './read-state.svelte.ts';
import type { Roles } from './roles.ts';
import { RoomProfile } from './room-profile.svelte.ts';
import { readStorage, writeStorage } from './storage.ts';
import { afterPaint } from '../ui/after-paint.ts';

const forgetful: Draft = { load: () => '', save: () => {} };

// Before the chat is open.
const notConnected: ConnectionStatus = { status: 'idle', attempt: 0 };
const notAsked: LiveStatus = { status: 'idle', isLoading: false, isReady: false, isStale: false };
const noRoles: Roles = new Map();
const noHistory: ChatHistory = { isLoading: false, reachedStart: true, hiddenCount: 0 };

/** The state and actions of a chat that `Room` uses. The values are reactive in effects and markup. */
export interface ChatSession {
  readonly status: ConnectionStatus;
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  /** `stale` while disconnected: the messages are the last known ones. */
  readonly messagesStatus: LiveStatus;
  readonly history: ChatHistory;
  readonly users: readonly ChatUser[];
  readonly onlineCount: number;
  readonly me: ChatUser | undefined;
  /** Who owns and moderates the room. Empty until known. */
  readonly roles: Roles;
  /** The owner's name for the room. */
  readonly title: string | undefined;
  /** The text being written. Set once the room is known. */
  readonly draft: Draft | undefined;
  readonly unread: Unread;
  /** How many of the unread messages mention the reader. */
  readonly mentions: number;
  /** Texts sent from here that the server does not have. */
  readonly unsent: readonly string[];
  /** Whether to ask for a name, as on the first visit. */
  readonly welcome: boolean;
  /** Looks up when a person first chose a name or wrote. The value is reactive; undefined until known. */
  readonly member: (user: ChatUser) => { readonly since: Date | undefined };
  /** Reactions, replies and so on. Undefined until loaded, and where the server has only the tutorial's module. */
  readonly features: ChatFeatures | undefined;
  /** Accepts a message for sending, possibly as an answer to another. Rejects if it cannot accept it yet. */
  readonly onsend: (text: string, replyTo?: ChatMessage) => Promise<void>;
  readonly onresend: (message: ChatMessage) => void;
  readonly ondiscard: (message: ChatMessage) => void;
  readonly onrename: (name: string) => Promise<void>;
  /** Called when the welcome was answered or skipped. */
  readonly onwelcomed: () => void;
  /** Loads older messages. Rejects if they could not be loaded. */
  readonly onloadolder: () => Promise<unknown>;
  /** Loads messages back to a time and returns the first one since. Rejects if they could not be loaded. */
  readonly onloadsince: (time: Date) => Promise<ChatMessage | undefined>;
  readonly onretry: () => void;
  readonly onnewperson: () => void;
}

export interface ChatSessionOptions {
  /** The chat, once it is open. */
  readonly open: () => OpenChat | undefined;
  /** Prefix of the storage keys for this room: `undefined` until known, `false` to store nothing. */
  readonly storageKey: () => string | false | undefined;
  /** Whether to skip the welcome until the storage is read. */
  readonly welcomed: boolean;
  /** Error message for actions on a chat that is not open. */
  readonly notStarted: string;
}

/** Creates the view model. Call it while a component initialises; it is disposed with the component. */
export function chatSession({ open, storageKey, welcomed, notStarted }: ChatSessionOptions): ChatSession {
  const room = $derived(storageKey());
  // Markup that reads these subscribes, and unsubscribes with the component.
  const live = $derived.by(() => {
    const chat = open()?.chat;
    return (
      chat &&
      throttled({
        messages: chat.messages,
        messagesStatus: chat.messages.status,
        users: chat.users,
        online: chat.onlineUsers,
        me: chat.me,
        status: chat.status,
        history: chat.history,
      })
    );
  });
  // Derived separately, so that a change of one does not update readers of the others.
  const messages = $derived(live?.().messages ?? []);
  const unsent = $derived(unsentTexts(messages));
  const users = $derived(live?.().users ?? []);
  const onlineCount = $derived(live?.().online.length ?? 0);
  const me = $derived(live?.().me);
  const status = $derived(live?.().status ?? notConnected);
  const history = $derived(live?.().history ?? noHistory);
  const messagesStatus = $derived(live?.().messagesStatus ?? notAsked);
  // Not needed to read the first messages.
  let isSettled = $state(false);
  $effect(() => {
    if (messagesStatus.isReady && !isSettled) return afterPaint(() => (isSettled = true));
  });
  const profile = $derived.by(() => {
    const connection = isSettled ? open()?.connection : undefined;
    return connection && new RoomProfile(connection);
  });
  // Remembered, so that the page does not change its title on every visit.
  const titleKey = $derived(room && `spacetimedb-chat:title:${room}`);
  const savedTitle = $derived(titleKey && readStorage(titleKey));
  const title = $derived(profile?.title ?? savedTitle);
  $effect(() => {
    if (titleKey && profile?.title !== undefined) writeStorage(titleKey, profile.title || undefined);
  });

  let features = $state.raw<ChatFeatures>();
  $effect(() => {
    const opened = isSettled ? open() : undefined;
    if (!opened) return;
    let stop = (): void => {};
    let isOver = false;
    import('./features.ts').then(
      ({ openFeatures }) => {
        if (isOver) return;
        const created = openFeatures(opened);
        stop = created.isAvailable.subscribe((isAvailable) => {
          features = isAvailable ? created : undefined;
        });
      },
      // The chat works without them.
      () => {},
    );
    return () => {
      isOver = true;
      stop();
      features = undefined;
    };
  });

  const unread = $derived(new Unread(room || undefined));
  const mentions = readState({ features: () => features, unread: () => unread, messages: () => messages });

  let opened = $state.raw<{ readonly room: string | false; readonly draft: Draft }>();
  // Not the previous room's.
  const draft = $derived(opened?.room === room ? opened?.draft : undefined);
  $effect(() => {
    if (room === undefined) return;
    if (room === false) {
      opened = { room, draft: forgetful };
      return;
    }
    const end = new AbortController();
    void openDraft(room, end.signal).then((draft) => {
      if (!end.signal.aborted) opened = { room, draft };
    });
    return () => end.abort();
  });

  let isWelcomed = $state(welcomed);
  const welcomedKey = $derived(room && `spacetimedb-chat:welcomed:${room}`);
  $effect(() => {
    if (welcomedKey) isWelcomed = readStorage(welcomedKey) === true;
  });
  const onwelcomed = (): void => {
    isWelcomed = true;
    if (welcomedKey) writeStorage(welcomedKey, true);
  };
  // People who already have a name are not welcomed. Remembered, so that the next visit need not wait for the server.
  $effect(() => {
    if (!isWelcomed && me?.name !== undefined) onwelcomed();
  });

  /** Nothing can be sent before the chat is open; the text stays in its field. */
  const refuse = (): Promise<never> => Promise.reject(new NotConnectedError(notStarted));

  return {
    get status() {
      return status;
    },
    get messages() {
      return messages;
    },
    get messagesStatus() {
      return messagesStatus;
    },
    get history() {
      return history;
    },
    get users() {
      return users;
    },
    get onlineCount() {
      return onlineCount;
    },
    get me() {
      return me;
    },
    get roles() {
      return profile?.roles ?? noRoles;
    },
    get title() {
      return typeof title === 'string' && title !== '' ? title : undefined;
    },
    member: (user) => profile?.member(user) ?? { since: undefined },
    get features() {
      return features;
    },
    get draft() {
      return draft;
    },
    get unread() {
      return unread;
    },
    get mentions() {
      return mentions();
    },
    get unsent() {
      return unsent;
    },
    get welcome() {
      return !isWelcomed;
    },
    onsend: (text: string, replyTo?: ChatMessage): Promise<void> => {
      const chat = open()?.chat;
      if (!chat?.me.get()) return refuse();
      // Not awaited: the message is shown as pending, then as sent or failed, and the composer is free for
      // the next one.
      chat.sendMessage(text, { replyTo }).catch(() => {});
      return Promise.resolve();
    },
    onresend: (message: ChatMessage) => void open()?.chat.retry(message),
    ondiscard: (message: ChatMessage) => open()?.chat.discard(message),
    onrename: (name: string) => open()?.chat.setName(name) ?? refuse(),
    onwelcomed,
    onloadolder: () => open()?.chat.loadOlder() ?? refuse(),
    onloadsince: async (time: Date) => {
      const chat = open()?.chat ?? (await refuse());
      if (!(await chat.loadUntil(time))) return refuse();
      return chat.messages.get().find(({ sent, status }) => sent >= time && status === 'sent');
    },
    onretry: () => open()?.connection.retry(),
    onnewperson: () => open()?.connection.resetIdentity(),
  };
}
