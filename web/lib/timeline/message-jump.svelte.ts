import type { ChatMessage } from 'spacetimedb-stores/chat';
import type { MessageFocus } from './message-focus.svelte.ts';
import type { StickToBottom } from './stick-to-bottom.svelte.ts';
import type { TimelineItem } from './timeline.ts';

/** How long the target of a jump is marked, in milliseconds. */
const MARKED_MS = 2_500;
/** Maximum delay between the stores and the page, in milliseconds. */
const MAX_UPDATE_MS = 3_000;

/** Jumps to messages, and marks the target. */
export class MessageJump {
  #marked = $state<string>();
  #searches = $state(0);
  #unmark: ReturnType<typeof setTimeout> | undefined;
  readonly #focus: MessageFocus;
  readonly #stick: StickToBottom;
  readonly #items: () => readonly TimelineItem[];

  constructor(focus: MessageFocus, stick: StickToBottom, items: () => readonly TimelineItem[]) {
    this.#focus = focus;
    this.#stick = stick;
    this.#items = items;
  }

  /** Key of the target of the last jump. */
  get marked(): string | undefined {
    return this.#marked;
  }

  /** Whether older messages are being loaded for a jump. */
  get isSearching(): boolean {
    return this.#searches > 0;
  }

  /** Shows a message of the list. @returns false if the list does not have it */
  async show(key: string): Promise<boolean> {
    if (!this.#items().some((item) => item.key === key)) return false;
    clearTimeout(this.#unmark);
    this.#marked = key;
    this.#unmark = setTimeout(() => (this.#marked = undefined), MARKED_MS);
    this.#stick.release();
    const isShown = await this.#focus.focus(key, 'center');
    this.#stick.settle();
    return isShown;
  }

  /** Shows a message that `find` loads. @returns false if there is none */
  async showFound(find: () => Promise<ChatMessage | undefined>): Promise<boolean> {
    this.#searches++;
    try {
      const found = await find();
      if (!found) return false;
      const end = performance.now() + MAX_UPDATE_MS;
      // The page shows new messages a little later than the stores.
      while (!(await this.show(found.key))) {
        if (performance.now() > end) return false;
        await new Promise(requestAnimationFrame);
      }
      return true;
    } finally {
      this.#searches--;
    }
  }

  readonly stop = (): void => clearTimeout(this.#unmark);
}
