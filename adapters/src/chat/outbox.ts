import type { Identity } from 'spacetimedb';
import { NotConnectedError, UnknownOutcomeError } from '../errors.ts';
import type { Change } from '../feed.ts';
import type { Connection, Readable } from '../types.ts';
import type { ChatDb, ChatMessage, ChatUser, MessageRow } from './types.ts';
import { none } from '../view.ts';

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

/**
 * Our own messages from the moment they are written until the server has them, in the order in which they were
 * written. A message leaves in the same step in which its row comes, so that it is never shown twice.
 */
export class Outbox {
  readonly #connection: Connection<ChatDb>;
  readonly #identity: Readable<Identity | undefined>;
  readonly #size: number;
  readonly #now: () => number;
  readonly #changed: () => void;
  #letters: readonly Letter[] = none;
  #shown: readonly ChatMessage[] = none;
  #count = 0;
  /** Whether the rows tell what became of a call whose answer was lost. */
  #followed = false;

  /**
   * @param size how many messages may wait while the connection is down
   * @param changed called after each change that does not come from `claim`, `decide` or `abandon`
   */
  constructor(connection: Connection<ChatDb>, size: number, now: () => number, changed: () => void) {
    this.#connection = connection;
    this.#identity = connection.identity;
    this.#size = size;
    this.#now = now;
    this.#changed = changed;
  }

  /** @returns settles when the message is confirmed, has failed or was discarded */
  send(text: string): Promise<void> {
    return this.#post(`own ${this.#now()} ${this.#count++}`, text);
  }

  /** Sends a message that failed once more, as the newest. What is under way or has arrived is left alone. */
  retry({ key }: ChatMessage): Promise<void> {
    const letter = this.#find((letter) => letter.key === key);
    if (!letter?.error) return letter?.promise ?? Promise.resolve();
    this.#remove(letter);
    return this.#post(key, letter.text);
  }

  /** Takes a message away. One that was sent already may still arrive. */
  discard({ key }: ChatMessage): void {
    const letter = this.#find((letter) => letter.key === key);
    if (!letter) return;
    this.#remove(letter);
    letter.abort.abort();
    letter.settle(letter.abort.signal.reason as Error);
    this.#changed();
  }

  /** What stands after the messages of the server; the same list until something changes. */
  show(author: ChatUser): readonly ChatMessage[] {
    const list = this.#letters.map((letter) => {
      if (letter.shown?.author !== author) letter.shown = shown(letter, author);
      return letter.shown as ChatMessage;
    });
    if (list.length !== this.#shown.length || list.some((message, index) => message !== this.#shown[index]))
      this.#shown = list.length > 0 ? list : none;
    return this.#shown;
  }

  /**
   * Finds the message that a new row is, and takes it away.
   * @returns its key
   */
  claim({ before, after, cause }: Change<MessageRow>): string | undefined {
    if (this.#letters.length === 0 || before || !after) return undefined;
    const isSame = ({ lostBy, text, error, sent }: Letter): boolean =>
      lostBy === after.sender.__identity__ &&
      text.trim() === after.text.trim() &&
      // While it is pending the rows that come are new ones, but not later, as when older messages are loaded.
      (!error || after.sent.toDate().getTime() > sent.getTime() - CLOCKS);
    const letter = this.#find(cause ? ({ args }) => args === cause : isSame);
    if (!letter) return undefined;
    this.#remove(letter);
    letter.settle();
    return letter.key;
  }

  /** All rows are here: what was lost and not claimed has not arrived. */
  decide(): void {
    this.#followed = true;
    this.#failLost(() => new NotConnectedError('The connection was lost before the message arrived'));
  }

  /** Nobody follows the rows any more. */
  abandon(): void {
    this.#followed = false;
    this.#failLost(() => new UnknownOutcomeError('Connection lost before the answer came'));
  }

  #failLost(error: () => Error): void {
    for (const letter of this.#letters)
      if (letter.lostBy !== undefined && !letter.error) this.#fail(letter, error());
  }

  #post(key: string, text: string): Promise<void> {
    const args = { text };
    const abort = new AbortController();
    let settle: Letter['settle'] = () => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
    // Whoever does not await it sees it fail in the list.
    promise.catch(() => undefined);
    const letter: Letter = { key, text, sent: new Date(this.#now()), args, abort, promise, settle };
    this.#letters = [...this.#letters, letter];
    this.#changed();
    this.#connection
      .call(({ reducers }) => reducers.sendMessage(args), { signal: abort.signal, queue: this.#size })
      .then(
        () => {
          this.#remove(letter);
          settle();
        },
        (error: Error) => {
          if (error instanceof UnknownOutcomeError) {
            letter.lostBy = this.#identity.get()?.__identity__;
            if (this.#followed) return;
          }
          this.#fail(letter, error);
        },
      )
      .finally(this.#changed);
    return promise;
  }

  #fail(letter: Letter, error: Error): void {
    letter.error = error;
    letter.shown = undefined;
    letter.settle(error);
  }

  #find(test: (letter: Letter) => boolean): Letter | undefined {
    return this.#letters.find(test);
  }

  #remove(letter: Letter): void {
    this.#letters = this.#letters.filter((other) => other !== letter);
  }
}

function shown({ key, text, sent, error }: Letter, author: ChatUser): ChatMessage {
  const message = { key, author, text, sent, mine: true };
  if (!error) return { ...message, state: 'pending' };
  return { ...message, state: 'failed', error, problem: error.message };
}
