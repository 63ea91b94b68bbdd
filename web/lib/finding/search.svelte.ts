/** A search while typing: sends a request after a short pause, and shows only the results of the last one. */
import { ReducerError } from 'spacetimedb-stores';
import type { ChatFeatures, ChatMessage } from 'spacetimedb-stores/chat';

/** How long typing pauses before a request, in milliseconds. */
const PAUSE_MS = 250;
/** How many messages are found at once. */
const PAGE = 20;

export class MessageSearch {
  /** The searched text; empty before the first answer. */
  sought = $state('');
  /** Newest first. */
  found = $state.raw<readonly ChatMessage[]>([]);
  /** Whether there may be older ones. */
  hasMore = $state(false);
  isSearching = $state(false);
  /** Why the last search failed: the server's reason, if known. */
  problem = $state.raw<{ readonly reason: string | undefined }>();
  readonly #features: () => Pick<ChatFeatures, 'search'> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #text = '';

  constructor(features: () => Pick<ChatFeatures, 'search'> | undefined) {
    this.#features = features;
  }

  /** Searches for a text after a pause. An empty one clears the results. */
  type(text: string): void {
    this.#cancel();
    this.#text = text.trim();
    if (this.#text === '') return this.#clear();
    this.isSearching = true;
    this.#timer = setTimeout(() => void this.#start(), PAUSE_MS);
  }

  /** Searches now, without waiting for a pause. @returns a promise that resolves when the answer has arrived */
  async now(): Promise<void> {
    const isAnswered = this.sought === this.#text && !this.isSearching && !this.problem;
    if (isAnswered) return;
    this.#cancel();
    await this.#start();
  }

  /** Adds older messages to the results. */
  async more(): Promise<void> {
    const last = this.found.at(-1);
    if (!last || this.isSearching) return;
    const next = await this.#ask(this.sought, last);
    if (!next) return;
    this.found = [...this.found, ...next];
    this.hasMore = next.length >= PAGE;
  }

  /** Drops the request that has no answer yet. */
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

  /** @returns undefined if it failed, or another search was started in the meantime */
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
