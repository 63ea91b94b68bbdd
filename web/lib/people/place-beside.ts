import { placeInWindow } from '../ui/place-in-window.ts';

/** Distance from the anchor and from the edges of the window, in CSS pixels. */
const GAP = 8;

/**
 * Places an element in the top layer beside another one, on the side with more room, and inside the window. Sets
 * `--left` and `--top`, so that a style can override the place.
 */
export function placeBeside(element: HTMLElement, anchor: Element): void {
  const at = anchor.getBoundingClientRect();
  // The end of a wide row faces the messages.
  const isAtEnd = at.left + at.width / 2 > window.innerWidth / 2;
  const left = isAtEnd ? at.left - element.offsetWidth - GAP : at.right + GAP;
  placeInWindow(element, left, at.top, GAP);
}
