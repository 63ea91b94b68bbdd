/** What is shown of an open chat and done there, whoever shows it: the page of the site, or an element in another page. */
import { NotConnectedError, type ConnectionStatus, type LiveStatus } from 'spacetimedb-stores';
import type { ChatHistory, ChatUser } from 'spacetimedb-stores/chat';
import type { OpenChat } from './open-chat.ts';
import { openDraft, type Draft } from './draft.ts';
import { unsentTexts, type ShownMessage } from '../timeline/timeline.ts';
import { throttled } from './throttled-stores.svelte.ts';
import { Unread } from '../timeline/unread.svelte.ts';
import { recall, remember } from './storage.ts';

const forgetful: Draft = { load: () => '', save: () => {} };

// Before the chat is open.
const notConnected: ConnectionStatus = { status: 'idle', attempt: 0 };
const notAsked: LiveStatus = { status: 'idle', isLoading: false, isReady: false, isStale: false };
const noHistory: ChatHistory = { isLoading: false, reachedStart: true, hiddenCount: 0 };

/** What a `Room` is given of a chat; those that change can be followed in effects and markup. */
export interface ChatSession {
  readonly status: ConnectionStatus;
  /** Oldest first. */
  readonly messages: readonly ShownMessage[];
  /** Whether the messages can be relied on: `stale` are the last known ones, while there is no connection. */
  readonly messagesStatus: LiveStatus;
  readonly history: ChatHistory;
  readonly users: readonly ChatUser[];
  /** How many of them are here now. */
  readonly onlineCount: number;
  readonly me: ChatUser | undefined;
  /** What is being written; known once it is known which room this is. */
  readonly draft: Draft | undefined;
  /** What has been read. */
  readonly unread: Unread;
  /** The texts that were sent from here and that the server does not have. */
  readonly unsent: readonly string[];
  /** Whether to ask for a name of one's own, as on the first visit. */
  readonly welcome: boolean;
  /** Takes a message over, to be sent; rejects when it cannot take it yet. */
  readonly onsend: (text: string) => Promise<void>;
  /** Sends one that failed again. */
  readonly onresend: (message: ShownMessage) => void;
  /** Takes one that failed away. */
  readonly ondiscard: (message: ShownMessage) => void;
  readonly onrename: (name: string) => Promise<void>;
  /** They have answered the welcome, if only by skipping it. */
  readonly onwelcomed: () => void;
  /** Asks for older messages; rejects when they could not be had. */
  readonly onloadolder: () => Promise<unknown>;
  readonly onretry: () => void;
  readonly onnewperson: () => void;
}

export interface ChatSessionOptions {
  /** The chat, once it is open. */
  readonly open: () => OpenChat | undefined;
  /** What is kept about the room in this browser is kept under this: `undefined` until it is known, `false` for nothing. */
  readonly kept: () => string | false | undefined;
  /** Whether to be taken for someone who was asked for a name before, until what is kept tells. */
  readonly welcomed: boolean;
  /** What somebody is told who wants something of a chat that is not open. */
  readonly notStarted: string;
}

/**
 * To be called while a component is initialised; what it begins ends with that.
 */
export function chatSession({ open, kept, welcomed, notStarted }: ChatSessionOptions): ChatSession {
  const room = $derived(kept());
  // Read in the markup, these subscribe; with the component they go.
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
  // One by one: what reads one of them is not run again by the others.
  const messages = $derived(live?.().messages ?? []);
  const unsent = $derived(unsentTexts(messages));
  const users = $derived(live?.().users ?? []);
  const onlineCount = $derived(live?.().online.length ?? 0);
  const me = $derived(live?.().me);
  const status = $derived(live?.().status ?? notConnected);
  const history = $derived(live?.().history ?? noHistory);
  const messagesStatus = $derived(live?.().messagesStatus ?? notAsked);
  const unread = $derived(new Unread(room || undefined));

  let draft = $state.raw<Draft>();
  $effect(() => {
    if (room === undefined) return;
    if (room === false) {
      draft = forgetful;
      return;
    }
    const end = new AbortController();
    void openDraft(room, end.signal).then((opened) => {
      if (!end.signal.aborted) draft = opened;
    });
    return () => end.abort();
  });

  let isWelcomed = $state(welcomed);
  const welcomedKey = $derived(room && `spacetimedb-chat:welcomed:${room}`);
  $effect(() => {
    if (welcomedKey) isWelcomed = recall(welcomedKey) === true;
  });
  const onwelcomed = (): void => {
    isWelcomed = true;
    if (welcomedKey) remember(welcomedKey, true);
  };
  // Who has a name needs none, however they got it, and next time not even until the server says so.
  $effect(() => {
    if (!isWelcomed && me?.name !== undefined) onwelcomed();
  });

  /** Before the chat is open there is nothing to send on; what was written waits in its field. */
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
    get draft() {
      return draft;
    },
    get unread() {
      return unread;
    },
    get unsent() {
      return unsent;
    },
    get welcome() {
      return !isWelcomed;
    },
    onsend: (text: string): Promise<void> => {
      const chat = open()?.chat;
      if (!chat?.me.get()) return refuse();
      // Shown as pending from now on, and as failed if need be: the composer is free for the next one.
      void chat.sendMessage(text);
      return Promise.resolve();
    },
    onresend: (message: ShownMessage) => void open()?.chat.retry(message),
    ondiscard: (message: ShownMessage) => open()?.chat.discard(message),
    onrename: (name: string) => open()?.chat.setName(name) ?? refuse(),
    onwelcomed,
    onloadolder: () => open()?.chat.loadOlder() ?? refuse(),
    onretry: () => open()?.connection.retry(),
    onnewperson: () => open()?.connection.resetIdentity(),
  };
}
