import type { Attachment } from 'svelte/attachments';

/** As close to the end as counts as being there, in CSS pixels. */
const near = 24;

/**
 * Keeps a scroll container at its end, but only while it is there: whoever scrolls up to read is left alone,
 * whatever arrives below. Put `scroller` on the container, and call `follow` when its content changes.
 */
export class StickToBottom {
  #scroller: HTMLElement | undefined;
  #atBottom = $state(true);
  #lastTop = 0;

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
    // A keyboard that takes half the screen makes the view smaller, not the content higher.
    const observer = new ResizeObserver(() => this.follow());
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', onscroll);
      observer.disconnect();
    };
  };

  /** Goes to the end, and stays there. */
  toBottom(): void {
    this.#atBottom = true;
    this.follow();
  }

  #distance(): number {
    const scroller = this.#scroller;
    return scroller ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight : 0;
  }

  /** Goes to the end if the view was there; to be called whenever the content may have become higher. */
  follow(): void {
    if (this.#scroller && this.#atBottom) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}
