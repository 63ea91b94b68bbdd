/** A search as it is typed: asks after a short pause, and shows only the answer to the last question. */
import { ReducerError } from 'spacetimedb-stores';
import type { ChatFeatures, ChatMessage } from 'spacetimedb-stores/chat';

/** How long typing pauses before the server is asked, in milliseconds. */
const PAUSE_MS = 250;
/** How many messages are found at once. */
const PAGE = 20;

export class MessageSearch {
  /** What was searched for; empty before the first answer. */
  sought = $state('');
  /** Newest first. */
  found = $state.raw<readonly ChatMessage[]>([]);
  /** Whether there may be older ones. */
  hasMore = $state(false);
  isSearching = $state(false);
  /** Why the last search failed: the server's reason, or no known one. */
  problem = $state.raw<{ readonly reason: string | undefined }>();
  readonly #features: () => Pick<ChatFeatures, 'search'> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #text = '';

  constructor(features: () => Pick<ChatFeatures, 'search'> | undefined) {
    this.#features = features;
  }

  /** Searches for a text after a pause. An empty one clears what was found. */
  type(text: string): void {
    this.#cancel();
    this.#text = text.trim();
    if (this.#text === '') return this.#clear();
    this.isSearching = true;
    this.#timer = setTimeout(() => void this.#start(), PAUSE_MS);
  }

  /** Searches now, without waiting for a pause. @returns when the answer is there */
  async now(): Promise<void> {
    const isAnswered = this.sought === this.#text && !this.isSearching && !this.problem;
    if (isAnswered) return;
    this.#cancel();
    await this.#start();
  }

  /** Adds older messages to those that were found. */
  async more(): Promise<void> {
    const last = this.found.at(-1);
    if (!last || this.isSearching) return;
    const next = await this.#ask(this.sought, last);
    if (!next) return;
    this.found = [...this.found, ...next];
    this.hasMore = next.length >= PAGE;
  }

  /** Forgets the question whose answer has not come. */
  stop(): void {
    this.#cancel();
  }

  async #start(): Promise<void> {
    const text = this.#text;
    const found = await this.#ask(text);
    if (!found) return;
    this.sought = text;
    this.found = found;
    this.hasMore = found.length >= PAGE;
  }

  /** @returns undefined if it failed, or another question was asked in the meantime */
  async #ask(text: string, before?: ChatMessage): Promise<readonly ChatMessage[] | undefined> {
    const question = ++this.#asked;
    this.isSearching = true;
    this.problem = undefined;
    try {
      const found = await this.#features()?.search(text, { before, limit: PAGE });
      if (question !== this.#asked) return undefined;
      this.isSearching = false;
      return found ?? [];
    } catch (error) {
      if (question !== this.#asked) return undefined;
      this.isSearching = false;
      const isRefused = error instanceof ReducerError && error.code === 'refused';
      this.problem = { reason: isRefused ? error.message : undefined };
      return undefined;
    }
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#asked++;
    this.isSearching = false;
  }

  #clear(): void {
    this.sought = '';
    this.found = [];
    this.hasMore = false;
    this.problem = undefined;
  }
}
