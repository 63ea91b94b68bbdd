/** Many buttons of one kind, of which only one is in the tab order: the arrow keys lead from it to the others. */
import type { Attachment } from 'svelte/attachments';

export class RovingFocus {
  /** Those that are in the page, in the order in which they stand there. */
  #buttons: HTMLElement[] = [];
  /** That which had the focus last, or stands in the place of it. */
  #last: HTMLElement | undefined;
  #isSorted = true;
  readonly #from: 0 | -1;

  /** @param from which of them is in the tab order before any of them had the focus: the first, or the last */
  constructor(from: 0 | -1) {
    this.#from = from;
  }

  /** For each of the buttons. */
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

  /** Goes to the one in the tab order. @returns whether there is one that takes the focus */
  focus(): boolean {
    this.#sort();
    const button = this.#inTabOrder;
    button?.focus();
    return button?.matches(':focus') === true;
  }

  get #inTabOrder(): HTMLElement | undefined {
    return this.#last ?? this.#buttons.at(this.#from);
  }

  /** Many come and go at a time. */
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
    // Of a long list those are in the page that are near the view; more come as the focus goes on.
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
