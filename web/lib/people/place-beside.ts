/** Distance from the anchor and from the edges of the window, in CSS pixels. */
const GAP = 8;

/**
 * Places an element in the top layer beside another one, on the side with more room, and inside the window. Sets
 * `--left` and `--top`, so that a style can override the place.
 */
export function placeBeside(element: HTMLElement, anchor: Element): void {
  const { innerWidth, innerHeight } = window;
  const { offsetWidth: width, offsetHeight: height } = element;
  const at = anchor.getBoundingClientRect();
  // Of a wide row, the end faces the messages.
  const isAtEnd = at.left + at.width / 2 > innerWidth / 2;
  const left = isAtEnd ? at.left - width - GAP : at.right + GAP;
  const clamp = (value: number, max: number): number => Math.max(GAP, Math.min(value, max - GAP));
  element.style.setProperty('--left', `${clamp(left, innerWidth - width)}px`);
  element.style.setProperty('--top', `${clamp(at.top, innerHeight - height)}px`);
}
