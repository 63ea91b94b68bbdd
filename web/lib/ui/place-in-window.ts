/**
 * Sets `--left` and `--top` of an element, so that it stays inside the window and a style can override the place.
 *
 * @param gap distance from the edges of the window, in CSS pixels
 */
export function placeInWindow(element: HTMLElement, left: number, top: number, gap: number): void {
  const clamp = (value: number, max: number): number => Math.max(gap, Math.min(value, max - gap));
  const { style, offsetWidth, offsetHeight } = element;
  style.setProperty('--left', `${clamp(left, window.innerWidth - offsetWidth)}px`);
  style.setProperty('--top', `${clamp(top, window.innerHeight - offsetHeight)}px`);
}
