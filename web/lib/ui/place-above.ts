/** Distance from the anchor and from the edges of the window, in CSS pixels. */
const GAP = 8;
/** An element with this much room stays above its anchor, even if there is more room below. */
const ENOUGH = 320;

/**
 * Keeps an element in the top layer above another one, or below it if there is more room, inside the part of the window
 * that a screen keyboard leaves free. Sets `--max-height` to the available height.
 *
 * @param align which edges are in line, in reading direction
 * @returns stops it
 */
export function keepAbove(element: HTMLElement, anchor: Element, align: 'start' | 'end'): () => void {
  const end = new AbortController();
  const again = (event?: Event): void => {
    // Scrolling inside the element does not move the anchor.
    if (!event?.composedPath().includes(element)) place(element, anchor, align);
  };
  again();
  const observer = new ResizeObserver(() => again());
  observer.observe(anchor);
  end.signal.addEventListener('abort', () => observer.disconnect());
  for (const target of [window, globalThis.visualViewport]) {
    target?.addEventListener('resize', again, { signal: end.signal });
    target?.addEventListener('scroll', again, { signal: end.signal, capture: true, passive: true });
  }
  return () => end.abort();
}

function place(element: HTMLElement, anchor: Element, align: 'start' | 'end'): void {
  const { innerWidth, innerHeight } = window;
  const top = globalThis.visualViewport?.offsetTop ?? 0;
  const bottom = top + (globalThis.visualViewport?.height ?? innerHeight);
  const at = anchor.getBoundingClientRect();
  const [above, below] = [at.top - top - 2 * GAP, bottom - at.bottom - 2 * GAP];
  const isAbove = above >= Math.min(element.scrollHeight, ENOUGH) || above >= below;
  const { style } = element;
  style.setProperty('--max-height', `${Math.max(isAbove ? above : below, 0)}px`);
  style.inset = 'auto';
  if (isAbove) style.bottom = `${innerHeight - at.top + GAP}px`;
  else style.top = `${at.bottom + GAP}px`;
  const width = element.offsetWidth;
  const isRtl = getComputedStyle(anchor).direction === 'rtl';
  const left = isRtl === (align === 'end') ? at.left : at.right - width;
  style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
}
