/**
 * Whether nobody would miss the focus if it went to something in `element`: it is in there, or nowhere. Works in a shadow
 * root too, where `document.activeElement` is only its host.
 */
export function mayTakeFocus(element: Element): boolean {
  const focused = document.activeElement;
  const root = element.getRootNode();
  const inner = root instanceof ShadowRoot ? root.activeElement : focused;
  return !focused || focused === document.body || element.contains(inner);
}
