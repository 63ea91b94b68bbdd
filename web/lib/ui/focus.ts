/**
 * Whether moving the focus into `element` disturbs no one: it is already inside or nowhere. Works in shadow
 * roots, where `document.activeElement` is only the host.
 */
export function mayTakeFocus(element: Element): boolean {
  const focused = document.activeElement;
  const root = element.getRootNode();
  const inner = root instanceof ShadowRoot ? root.activeElement : focused;
  return !focused || focused === document.body || element.contains(inner);
}
