/** Roving tab index: only one of many similar buttons is in the tab order, and arrow keys move between them. */
import type { Attachment } from 'svelte/attachments';

export class RovingFocus {
  /** The buttons in document order. */
  #buttons: HTMLElement[] = [];
  /** The button that was focused last, or its replacement. */
  #last: HTMLElement | undefined;
  #isSorted = true;
  readonly #from: 0 | -1;

  /** @param from the button in the tab order before any was focused: the first (0) or the last (-1) */
  constructor(from: 0 | -1) {
    this.#from = from;
  }

  /** Attach this to each button. */
  readonly button: Attachment<HTMLElement> = (element) => {
    this.#buttons.push(element);
    this.#sortSoon();
    element.addEventListener('focus', this.#onfocus);
    element.addEventListener('keydown', this.#onkeydown);
    return () => {
      const index = this.#buttons.indexOf(element);
      this.#buttons.splice(index, 1);
      if (this.#last === element) this.#last = this.#buttons[index] ?? this.#buttons[index - 1];
      this.#sortSoon();
    };
  };

  /** Focuses the button in the tab order. @returns whether there was one that took the focus */
  focus(): boolean {
    this.#sort();
    const button = this.#inTabOrder;
    button?.focus();
    return button?.matches(':focus') === true;
  }

  get #inTabOrder(): HTMLElement | undefined {
    return this.#last ?? this.#buttons.at(this.#from);
  }

  /** Sorts once for many changes. */
  #sortSoon(): void {
    if (!this.#isSorted) return;
    this.#isSorted = false;
    queueMicrotask(() => this.#sort());
  }

  #sort(): void {
    if (!this.#isSorted) {
      this.#isSorted = true;
      this.#buttons.sort((a, b) =>
        a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
      );
    }
    const one = this.#inTabOrder;
    for (const button of this.#buttons) button.tabIndex = button === one ? 0 : -1;
  }

  readonly #onfocus = ({ currentTarget }: FocusEvent): void => {
    this.#last = currentTarget as HTMLElement;
    this.#sort();
  };

  readonly #onkeydown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const index = this.#buttons.indexOf(event.currentTarget as HTMLElement);
    // Virtual lists contain only rows near the view; more appear as the focus moves.
    const leads: Readonly<Record<string, HTMLElement | undefined>> = {
      ArrowUp: this.#buttons[index - 1],
      ArrowDown: this.#buttons[index + 1],
      Home: this.#buttons[0],
      End: this.#buttons.at(-1),
    };
    const next = leads[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
}
