import { placeInWindow } from '../ui/place-in-window.ts';

/** Distance from the anchor and from the edges of the window, in CSS pixels. */
const GAP = 6;

/**
 * Places a menu below an element, or above it if there is more room, within the window. Sets `--left` and `--top`, so
 * that a style can override the place.
 *
 * @param anchor a button, or a message, at whose end the menu opens
 */
export function placeMenu(menu: HTMLElement, anchor: Element): void {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const at = anchor.getBoundingClientRect();
  const isRtl = getComputedStyle(menu).direction === 'rtl';
  const left = isRtl ? at.left : at.right - width;
  const below = at.bottom + GAP;
  const top = below + height <= window.innerHeight - GAP ? below : at.top - height - GAP;
  placeInWindow(menu, left, top, GAP);
}
