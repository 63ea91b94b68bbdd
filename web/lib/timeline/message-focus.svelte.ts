/** The focus among the messages of a virtual list, whose rows are in the DOM only near the view. */
import { tick } from 'svelte';
import { isMessage, type TimelineItem } from './timeline.ts';

/** Longest wait for a row to be measured and shown, in milliseconds. */
const MAX_WAIT_MS = 2_000;

/** The part of the virtual list that is used here. */
export interface Scroller {
  scrollToIndex(index: number, options: { align: 'center' | 'nearest' }): void;
}

export interface MessageFocusOptions {
  readonly items: () => readonly TimelineItem[];
  /** The scroll container. */
  readonly view: () => HTMLElement | undefined;
  readonly list: () => Scroller | undefined;
}

export class MessageFocus {
  /** Key of the message that contains the focus, or had it last. Its row stays in the DOM. */
  #key = $state<string>();
  #isInside = $state(false);
  #isVisible = $state(false);
  /** Whether the focus was moved with a key here, and no pointer was used since. */
  #isByKey = false;
  /** Where the message was. */
  #index = -1;
  readonly #options: MessageFocusOptions;

  constructor(options: MessageFocusOptions) {
    this.#options = options;
  }

  /** Key of the message that contains the focus. */
  get key(): string | undefined {
    return this.#isInside ? this.#key : undefined;
  }

  /** The same, while the browser indicates the focus, as it does for keyboards. */
  get visibleKey(): string | undefined {
    return this.#isVisible ? this.key : undefined;
  }

  /** The index of the row that must stay in the DOM, if there is one. */
  readonly mounted = $derived.by(() => {
    const index = this.#key === undefined ? -1 : this.#indexOf(this.#key);
    if (index >= 0) this.#index = index;
    return index < 0 ? undefined : [index];
  });

  /** Call it with the list's `focusin`. */
  entered(target: Element): void {
    const article = articleOf(target);
    this.#isInside = article !== undefined;
    this.#isVisible = article !== undefined && (this.#isByKey || target.matches(':focus-visible'));
    if (article) this.#key = article.dataset['key'];
  }

  /** Call it when a pointer is pressed in the list. */
  pointed(): void {
    this.#isByKey = false;
  }

  /** Call it when the focus leaves the list. */
  left(): void {
    this.#isInside = this.#isVisible = false;
  }

  /**
   * Call it when the items have changed. If the message with the focus is gone, its neighbour gets the focus.
   *
   * @returns false if there was no message left to focus
   */
  async keep(): Promise<boolean> {
    if (this.#key === undefined || this.#indexOf(this.#key) >= 0) return true;
    this.#key = undefined;
    await tick();
    const root = this.#options.view()?.getRootNode() as Document | ShadowRoot | undefined;
    // The person has moved on.
    if (!this.#isInside && root?.activeElement && root.activeElement !== document.body) return true;
    this.left();
    return this.focusNear();
  }

  /** Moves the focus to the message in the place of the one that last had it. */
  focusNear(): Promise<boolean> {
    const items = this.#options.items();
    const index = Math.min(this.#index, items.length - 1);
    const item = this.#next(index - 1, 1) ?? this.#next(index + 1, -1);
    return item ? this.focus(item.key, 'nearest') : Promise.resolve(false);
  }

  /**
   * Moves the focus to a message and scrolls to it.
   *
   * @param align where the message should be; `nearest` scrolls as little as possible
   * @returns whether the message has the focus
   */
  async focus(key: string, align: 'center' | 'nearest'): Promise<boolean> {
    const index = this.#indexOf(key);
    if (index < 0) return false;
    this.#key = key;
    this.#isInside = true;
    await tick();
    const shown = this.#article(key)?.checkVisibility?.({ visibilityProperty: true }) ?? false;
    if (align === 'center' || !shown) this.#options.list()?.scrollToIndex(index, { align });
    const end = performance.now() + MAX_WAIT_MS;
    // The list hides a row until it has measured it.
    while (this.#key === key) {
      const article = this.#article(key);
      if (article && focusMessage(article)) {
        if (align === 'nearest') article.scrollIntoView({ block: 'nearest' });
        return true;
      }
      if (performance.now() > end) break;
      await new Promise(requestAnimationFrame);
    }
    return false;
  }

  /**
   * Moves the focus among the messages with the arrow keys, Home and End.
   *
   * @returns whether it did
   */
  move({ key, target }: KeyboardEvent): boolean {
    const view = this.#options.view();
    if (!view || !(target instanceof Element)) return false;
    const article = articleOf(target);
    const isDown = key === 'ArrowDown';
    this.#isByKey ||= key.startsWith('Arrow');
    if (!isDown && key !== 'ArrowUp') {
      if (!article || (key !== 'Home' && key !== 'End')) return false;
      const end = key === 'Home' ? this.#next(-1, 1) : this.#next(this.#options.items().length, -1);
      if (end) void this.focus(end.key, 'nearest');
      return true;
    }
    if (!article) {
      const shown = this.#shownIn(view);
      const first = isDown ? shown[0] : shown.at(-1);
      const start = first?.dataset['key'];
      if (start === undefined) return false;
      void this.focus(start, 'nearest');
      return true;
    }
    // A message that is taller than the view is scrolled first.
    const [row, frame] = [article.getBoundingClientRect(), view.getBoundingClientRect()];
    if (isDown ? row.bottom > frame.bottom + 1 : row.top < frame.top - 1) return false;
    const next = this.#next(this.#indexOf(this.#key ?? ''), isDown ? 1 : -1);
    if (next) void this.focus(next.key, 'nearest');
    return true;
  }

  #next(from: number, step: 1 | -1): TimelineItem | undefined {
    const items = this.#options.items();
    for (let index = from + step; ; index += step) {
      const item = items[index];
      if (!item || isMessage(item)) return item;
    }
  }

  /** Searches from the end, where readers usually are. */
  #indexOf(key: string): number {
    return this.#options.items().findLastIndex((item) => item.key === key);
  }

  #article(key: string): HTMLElement | undefined {
    return this.#articles().find(({ dataset }) => dataset['key'] === key);
  }

  #articles(): HTMLElement[] {
    return [...(this.#options.view()?.querySelectorAll<HTMLElement>('article') ?? [])];
  }

  #shownIn(view: HTMLElement): HTMLElement[] {
    const frame = view.getBoundingClientRect();
    return this.#articles().filter((article) => {
      const { top, bottom } = article.getBoundingClientRect();
      return bottom >= frame.top && top <= frame.bottom;
    });
  }
}

/** The message that contains an element. */
export function articleOf(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>('article[data-key]')) || undefined;
}

/**
 * Moves the focus to a message or to something in it. A click on a message must not do that, so a message can have the
 * focus only from here.
 *
 * @returns whether it has the focus
 */
export function focusMessage(element: HTMLElement): boolean {
  if (element.localName === 'article') {
    element.tabIndex = -1;
    element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true });
  }
  element.focus({ preventScroll: true });
  return element.matches(':focus');
}
