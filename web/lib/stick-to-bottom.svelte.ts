import type { Attachment } from 'svelte/attachments';

/** As close to the end as counts as being there, in CSS pixels. */
const near = 24;

/**
 * Keeps a scroll container at its end, but only while it is there: whoever scrolls up to read is left alone,
 * whatever arrives below. Put `scroller` on the container and `content` on its one growing child.
 */
export class StickToBottom {
  #scroller: HTMLElement | undefined;
  #atBottom = $state(true);
  #lastTop = 0;
  #observer: ResizeObserver | undefined;

  /** Whether the end is in view, and stays so. */
  get atBottom(): boolean {
    return this.#atBottom;
  }

  readonly scroller: Attachment<HTMLElement> = (scroller) => {
    this.#scroller = scroller;
    const onscroll = (): void => {
      const { scrollTop } = scroller;
      if (this.#distance() <= near) this.#atBottom = true;
      // Only a movement upwards is the reader's: what arrives between a scroll and its event lengthens the way too.
      else if (scrollTop < this.#lastTop) this.#atBottom = false;
      this.#lastTop = scrollTop;
    };
    scroller.addEventListener('scroll', onscroll, { passive: true });
    const unobserve = this.#observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', onscroll);
      unobserve();
    };
  };

  readonly content: Attachment<HTMLElement> = (content) => this.#observe(content);

  /** Goes to the end, and stays there. */
  toBottom(): void {
    this.#atBottom = true;
    this.#follow();
  }

  /**
   * Notes what is in view, before something is put in above it.
   *
   * @returns puts it back into view, once the content has changed
   */
  holdView(): () => void {
    const scroller = this.#scroller;
    if (!scroller || this.#atBottom) return () => {};
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    return () => {
      scroller.scrollTop = scroller.scrollHeight - fromEnd;
    };
  }

  /** Follows every change of size: a new message, a line wrapped anew, a keyboard that takes half the screen. */
  #observe(element: HTMLElement): () => void {
    const observer = (this.#observer ??= new ResizeObserver(() => {
      if (this.#atBottom) this.#follow();
    }));
    observer.observe(element);
    return () => observer.unobserve(element);
  }

  #distance(): number {
    const scroller = this.#scroller;
    return scroller ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight : 0;
  }

  #follow(): void {
    if (this.#scroller) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}
