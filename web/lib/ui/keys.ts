/**
 * Whether a key press belongs to an input method, such as Enter or Escape on its suggestions. Safari ends the
 * composition before the key event, which then has the key code 229.
 */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
