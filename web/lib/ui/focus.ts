/**
 * Whether moving the focus into `element` does not disturb anyone: it is already inside or nowhere. Works in shadow
 * roots, where `document.activeElement` is only the host.
 */
export function mayTakeFocus(element: Element): boolean {
  const focused = document.activeElement;
  const root = element.getRootNode();
  const inner = root instanceof ShadowRoot ? root.activeElement : focused;
  return !focused || focused === document.body || element.contains(inner);
}

/**
 * Whether the page may move the focus into a text field unasked: there is a mouse or the like. On a touch screen,
 * that would open the keyboard.
 */
export function mayStartTyping(): boolean {
  return globalThis.matchMedia?.('(pointer: fine)').matches ?? false;
}

/** Whether a click was a plain click: it selected no text and was not on a control. */
export function isIdleClick({ target }: MouseEvent): boolean {
  const isOnControl = target instanceof Element && target.closest('a, button, input, summary, [role=button]');
  return !isOnControl && (getSelection()?.isCollapsed ?? true);
}
