import { NotConnectedError, UnknownOutcomeError } from '../errors.ts';
import type { Change } from '../feed.ts';
import type { Connection } from '../types.ts';
import { canBeShown } from './bounds.ts';
import type { ChatDb, ChatMessage, ChatUser, MessageRow } from './types.ts';
import { none } from '../none.ts';
import { isSame } from '../sorted-list.ts';

/** How far the server's clock and this one are thought to differ at most. Milliseconds. */
const CLOCKS = 60_000;

/** One try to send a message. */
interface Letter {
  readonly key: string;
  readonly text: string;
  readonly sent: Date;
  /** What the call is made with. The SDK hands this very object back with the rows that the call brought. */
  readonly args: object;
  readonly abort: AbortController;
  readonly promise: Promise<void>;
  settle(this: void, error?: Error): void;
  /** Why it failed. */
  error?: Error;
  /** Who sent it, when the connection was lost before the answer came. */
  lostBy?: bigint | undefined;
  /** As it is shown, until something about it changes. */
  shown?: ChatMessage | undefined;
}

export interface Outbox {
  /** @returns settles when the message is confirmed, has failed or was discarded */
  send(this: void, text: string): Promise<void>;
  /** Sends a message that failed once more, as the newest. What is under way or has arrived is left alone. */
  retry(this: void, message: ChatMessage): Promise<void>;
  /** Takes a message away. One that was sent already may still arrive. */
  discard(this: void, message: ChatMessage): void;
  /** What stands after the messages of the server; the same list until something changes. */
  show(author: ChatUser): readonly ChatMessage[];
  /**
   * Finds the message that a new row is, and takes it away.
   * @returns its key
   */
  claim(change: Change<MessageRow>): string | undefined;
  /** All rows are here: what was lost and not claimed has not arrived. */
  decide(): void;
  /** Nobody follows the rows any more. */
  abandon(): void;
}

/**
 * Our own messages from the moment they are written until the server has them, in the order in which they were
 * written. A message leaves in the same step in which its row comes, so that it is never shown twice.
 * @param size how many messages may wait while the connection is down
 * @param now milliseconds since the Unix epoch
 * @param changed called after each change that does not come from `claim`, `decide` or `abandon`
 */
export function createOutbox(
  connection: Connection<ChatDb>,
  size: number,
  now: () => number,
  changed: () => void,
): Outbox {
  let letters: readonly Letter[] = none;
  let list: readonly ChatMessage[] = none;
  let count = 0;
  /** Whether the rows tell what became of a call whose answer was lost. */
  let isFollowed = false;

  const find = ({ key }: ChatMessage): Letter | undefined => letters.find((letter) => letter.key === key);
  const remove = (letter: Letter): void => {
    letters = letters.filter((other) => other !== letter);
  };
  const fail = (letter: Letter, error: Error): void => {
    letter.error = error;
    letter.shown = undefined;
    letter.settle(error);
  };
  const failLost = (error: () => Error): void => {
    for (const letter of letters) if (letter.lostBy !== undefined && !letter.error) fail(letter, error());
  };

  const post = (key: string, text: string): Promise<void> => {
    const args = { text };
    const abort = new AbortController();
    let settle: Letter['settle'] = () => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
    // Whoever does not await it sees it fail in the list.
    promise.catch(() => undefined);
    const letter: Letter = { key, text, sent: new Date(now()), args, abort, promise, settle };
    letters = [...letters, letter];
    changed();
    connection
      .call(({ reducers }) => reducers.sendMessage(args), { signal: abort.signal, queue: size })
      .then(
        () => {
          remove(letter);
          settle();
        },
        (error: Error) => {
          if (error instanceof UnknownOutcomeError) {
            letter.lostBy = connection.identity.get()?.__identity__;
            if (isFollowed) return;
          }
          fail(letter, error);
        },
      )
      .finally(changed);
    return promise;
  };

  return {
    send: (text) => post(`own ${now()} ${count++}`, text),
    retry(message) {
      const letter = find(message);
      if (!letter?.error) return letter?.promise ?? Promise.resolve();
      remove(letter);
      return post(letter.key, letter.text);
    },
    discard(message) {
      const letter = find(message);
      if (!letter) return;
      remove(letter);
      letter.abort.abort();
      letter.settle(letter.abort.signal.reason as Error);
      changed();
    },
    show(author) {
      const next = letters.map((letter) => {
        if (letter.shown?.author !== author) letter.shown = shown(letter, author);
        return letter.shown as ChatMessage;
      });
      if (!isSame(list, next)) list = next.length > 0 ? next : none;
      return list;
    },
    claim({ before, after, cause }) {
      if (before || !after) return undefined;
      const isLost = ({ lostBy, text, error, sent }: Letter): boolean =>
        lostBy === after.sender.__identity__ &&
        text.trim() === after.text.trim() &&
        // While it is pending the rows that come are new ones, but not later, as when older messages are loaded.
        canBeShown(after) &&
        (!error || after.sent.toDate().getTime() > sent.getTime() - CLOCKS);
      const letter = letters.find(cause ? ({ args }) => args === cause : isLost);
      if (!letter) return undefined;
      remove(letter);
      letter.settle();
      return letter.key;
    },
    decide() {
      isFollowed = true;
      failLost(() => new NotConnectedError('The connection was lost before the message arrived'));
    },
    abandon() {
      isFollowed = false;
      failLost(() => new UnknownOutcomeError('Connection lost before the answer came'));
    },
  };
}

function shown({ key, text, sent, error }: Letter, author: ChatUser): ChatMessage {
  const message = { key, author, text, sent, mine: true };
  if (!error) return { ...message, state: 'pending' };
  return { ...message, state: 'failed', error, problem: error.message };
}
