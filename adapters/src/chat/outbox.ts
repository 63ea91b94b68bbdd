import { emptyList, noop } from '../empty.ts';
import { NotConnectedError, toCallError, UnknownOutcomeError, type CallError } from '../errors.ts';
import { isSame } from '../sorted-list.ts';
import type { Change } from '../table-mirror.ts';
import type { Connection, Environment } from '../types.ts';
import { canBeShown } from './bounds.ts';
import { createPause } from './pause.ts';
import { inNameOf } from './own-name.ts';
import type {
  ChatDb,
  ChatMessage,
  ChatOptions,
  ChatUser,
  MessageRow,
  ReplyArgs,
  SendOptions,
} from './types.ts';

/** The maximum assumed difference between the server's clock and this one. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000;

/** One attempt to send a message. */
interface Outgoing {
  readonly key: string;
  readonly text: string;
  /** The message that it answers. */
  readonly replyTo: ChatMessage | undefined;
  readonly sent: Date;
  /** The arguments of the call. The SDK passes this same object back with the rows that the call caused. */
  readonly args: { readonly text: string } | ReplyArgs;
  readonly abort: AbortController;
  readonly promise: Promise<void>;
  settle(this: void, error?: Error): void;
  /** Our identity when it was written, if known: a message is never sent in someone else's name. */
  readonly by: bigint | undefined;
  /** Whether the call was made. Until then it waits behind others, or because the server asked to wait. */
  isCalled: boolean;
  /** Why it failed. */
  error?: CallError;
  /** The sender, if the connection was lost before the answer. */
  lostBy?: bigint | undefined;
  /** The shown message, until something about it changes. */
  shown?: ChatMessage | undefined;
}

export interface Outbox {
  /** @returns settles when the message is confirmed, has failed or was discarded */
  send(this: void, text: string, options?: SendOptions): Promise<void>;
  /** Sends a message that failed again, as the newest. Does nothing with one that is pending or has arrived. */
  retry(this: void, message: ChatMessage): Promise<void>;
  /** Removes a message. It may still arrive if it was already sent. */
  discard(this: void, message: ChatMessage): void;
  /** The messages that follow those of the server; the same list until something changes. */
  show(author: ChatUser): readonly ChatMessage[];
  /**
   * Removes the message that matches a new row, if there is one.
   * @returns its key
   */
  claim(change: Change<MessageRow>): string | undefined;
  /** Called when all rows are loaded: lost messages without a row have not arrived. */
  decide(): void;
  /** Called when nobody follows the rows any more. */
  abandon(): void;
}

export interface OutboxOptions extends Required<Pick<ChatOptions, 'maxQueued'>> {
  readonly retryAfterMs: ChatOptions['retryAfterMs'];
  readonly environment: Environment;
}

/**
 * Creates a list of our own messages, in order, from when they are written until the server has them. A message is
 * removed in the same step that adds its row, so it is never shown twice.
 *
 * With `retryAfterMs`, messages are sent one at a time. Otherwise the server could refuse one as too early and accept
 * the one behind it a moment later.
 * @param changed called after each change that does not come from `claim`, `decide` or `abandon`
 */
export function createOutbox(
  connection: Connection<ChatDb>,
  { maxQueued, retryAfterMs, environment }: OutboxOptions,
  changed: () => void,
): Outbox {
  const { now } = environment;
  let messages: readonly Outgoing[] = emptyList;
  let list: readonly ChatMessage[] = emptyList;
  let count = 0;
  /** Whether the rows show the outcome of a call whose answer was lost. */
  let isFollowed = false;

  const isUndecided = ({ error, lostBy }: Outgoing): boolean => !error && lostBy === undefined;
  const isWaiting = (message: Outgoing): boolean => !message.isCalled && !message.error;
  const pause = createPause(connection, environment, () => {
    advance();
    changed();
  });
  const find = ({ key }: ChatMessage): Outgoing | undefined =>
    messages.find((message) => message.key === key);
  const remove = (message: Outgoing): void => {
    messages = messages.filter((other) => other !== message);
  };
  const fail = (message: Outgoing, error: CallError): void => {
    message.error = error;
    message.shown = undefined;
    message.settle(error);
  };
  const failLost = (error: () => CallError): void => {
    for (const message of messages) {
      if (message.lostBy !== undefined && !message.error) fail(message, error());
    }
  };

  /** Sends the next waiting message, or all if they need not wait for each other. */
  const advance = (): void => {
    for (;;) {
      if (pause.until !== undefined) return;
      if (retryAfterMs && messages.some((message) => message.isCalled && isUndecided(message))) return;
      const next = messages.find(isWaiting);
      if (!next) return;
      submit(next);
    }
  };

  const submit = (message: Outgoing): void => {
    const { args, abort, by } = message;
    message.isCalled = true;
    const call = inNameOf(by, connection.identity, ({ reducers }: ChatDb) => {
      if (!('toSent' in args)) return reducers.sendMessage(args);
      if (!reducers.sendReply) throw new TypeError('The bindings have no reducer “send_reply”');
      return reducers.sendReply(args);
    });
    connection
      .call(call, { signal: abort.signal, maxQueued })
      .then(
        () => {
          pause.reset();
          remove(message);
          message.settle();
        },
        (error: unknown) => {
          if (error instanceof UnknownOutcomeError) {
            message.lostBy = connection.identity.get()?.__identity__;
            if (isFollowed) return;
          }
          const failure = toCallError(error);
          const waitMs = abort.signal.aborted ? undefined : retryAfterMs?.(failure);
          if (waitMs === undefined || !pause.start(waitMs)) return fail(message, failure);
          message.isCalled = false;
        },
      )
      .finally(() => {
        advance();
        changed();
      });
  };

  /** Whether too many messages wait for a connection. If they are sent at once, `connection.call` counts them. */
  const isFull = (): boolean => {
    const isDown = ['reconnecting', 'offline'].includes(connection.status.get().status);
    const ahead = retryAfterMs && isDown ? messages.filter(isUndecided).length : 0;
    return ahead > 0 && ahead >= maxQueued;
  };

  const post = (key: string, text: string, replyTo: ChatMessage | undefined): Promise<void> => {
    const target = replyTo?.row;
    if (replyTo && !target)
      return Promise.reject(new TypeError('Only messages that the server has can be answered'));
    let settle: Outgoing['settle'] = noop;
    const promise = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
    // If nobody awaits it, the failure is visible in the list.
    promise.catch(noop);
    const by = connection.identity.get()?.__identity__;
    const abort = new AbortController();
    const isRefused = isFull();
    const sent = new Date(now());
    const message: Outgoing = {
      key,
      text,
      replyTo,
      sent,
      args: target ? { text, toSender: target.sender, toSent: target.sent } : { text },
      abort,
      promise,
      settle,
      by,
      isCalled: false,
    };
    messages = [...messages, message];
    if (isRefused) {
      const { error: cause } = connection.status.get();
      fail(message, new NotConnectedError(cause?.message ?? 'There is no connection', cause && { cause }));
    }
    changed();
    advance();
    return promise;
  };

  return {
    send: (text, { replyTo } = {}) => post(`own ${now()} ${count++}`, text, replyTo),
    retry(message) {
      const failed = find(message);
      if (!failed?.error) return failed?.promise ?? Promise.resolve();
      remove(failed);
      return post(failed.key, failed.text, failed.replyTo);
    },
    discard(message) {
      const discarded = find(message);
      if (!discarded) return;
      remove(discarded);
      discarded.abort.abort();
      discarded.settle(discarded.abort.signal.reason as Error);
      if (!messages.some(isWaiting)) pause.end();
      changed();
    },
    show(author) {
      const next = messages.map((message) => {
        const retryAt = isWaiting(message) ? pause.until : undefined;
        if (message.shown?.author !== author || message.shown.retryAt !== retryAt)
          message.shown = toChatMessage(message, author, retryAt);
        return message.shown;
      });
      if (!isSame(list, next)) list = next.length > 0 ? next : emptyList;
      return list;
    },
    claim({ before, after, callArgs }) {
      if (before || !after) return undefined;
      const isLost = ({ lostBy, text, error, sent }: Outgoing): boolean =>
        lostBy === after.sender.__identity__ &&
        text.trim() === after.text.trim() &&
        canBeShown(after) &&
        // While it is pending, all incoming rows are new. Later they may be older messages that were loaded.
        (!error || after.sent.toDate().getTime() > sent.getTime() - MAX_CLOCK_DIFFERENCE_MS);
      const message = messages.find(callArgs ? ({ args }) => args === callArgs : isLost);
      if (!message) return undefined;
      remove(message);
      message.settle();
      return message.key;
    },
    decide() {
      isFollowed = true;
      failLost(() => new NotConnectedError('The connection was lost before the message arrived'));
    },
    abandon() {
      isFollowed = false;
      failLost(() => new UnknownOutcomeError('The connection was lost before the answer'));
    },
  };
}

function toChatMessage(
  { key, text, sent, error, replyTo }: Outgoing,
  author: ChatUser,
  retryAt: Date | undefined,
): ChatMessage {
  const message = { key, author, text, sent, mine: true, ...(replyTo && { replyTo }) };
  return error
    ? { ...message, status: 'failed', error }
    : { ...message, status: 'pending', ...(retryAt && { retryAt }) };
}
