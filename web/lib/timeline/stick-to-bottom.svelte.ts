import type { Attachment } from 'svelte/attachments';

/** Distance from the end, in CSS pixels, that still counts as being at the end. */
const near = 24;

/**
 * Keeps a scroll container at its end unless the reader has scrolled up. Attach `scroller` to the container
 * and call `follow` when its content changes.
 */
export class StickToBottom {
  #scroller: HTMLElement | undefined;
  #atBottom = $state(true);
  #lastTop = 0;
  #lastHeight = 0;

  get atBottom(): boolean {
    return this.#atBottom;
  }

  readonly scroller: Attachment<HTMLElement> = (scroller) => {
    this.#scroller = scroller;
    this.#lastHeight = scroller.clientHeight;
    const onscroll = (): void => {
      const { scrollTop, clientHeight } = scroller;
      const isReaders = clientHeight === this.#lastHeight;
      this.#lastHeight = clientHeight;
      if (this.#distance() <= near) this.#atBottom = true;
      // A growing view moves its own content.
      else if (!isReaders) this.follow();
      // Only an upward movement is the reader's: content added between a scroll and its event also increases
      // the distance.
      else if (scrollTop < this.#lastTop) this.#atBottom = false;
      this.#lastTop = scroller.scrollTop;
    };
    scroller.addEventListener('scroll', onscroll, { passive: true });
    // An on-screen keyboard or a taller composer shrinks the view without changing the content.
    const observer = new ResizeObserver(() => {
      this.#lastHeight = scroller.clientHeight;
      this.follow();
    });
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener('scroll', onscroll);
      observer.disconnect();
    };
  };

  /** Scrolls to the end and stays there. */
  toBottom(): void {
    this.#atBottom = true;
    this.follow();
  }

  /** Lets the view leave the end. Call `settle` when it has moved. */
  release(): void {
    this.#atBottom = false;
  }

  /** Stays at the end again, if the view is still there. */
  settle(): void {
    this.#atBottom = this.#distance() <= near;
  }

  #distance(): number {
    const scroller = this.#scroller;
    return scroller ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight : 0;
  }

  /** Scrolls to the end if it was in view. Call it whenever the content may have grown. */
  follow(): void {
    if (this.#scroller && this.#atBottom) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }
}
