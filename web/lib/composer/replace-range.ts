/**
 * Replaces a part of a field's text, puts the cursor behind it and focuses the field. The change can be undone like
 * typing where the browser offers that, and fires an `input` event.
 */
export function replaceRange(field: HTMLTextAreaElement, start: number, end: number, text: string): void {
  field.focus();
  field.setSelectionRange(start, end);
  // The only way to change a field that keeps the history of undo. It is deprecated, but has no successor.
  const command = text === '' ? 'delete' : 'insertText';
  if (typeof document.execCommand === 'function' && document.execCommand(command, false, text)) return;
  field.setRangeText(text, start, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
