/** Keeps typing in the chat from triggering the page's shortcuts. */
import { isComposing } from '../lib/ui/keys.ts';

/** Events of typing, which all leave a shadow root. */
const types = [
  ...['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'textInput'],
  ...['compositionstart', 'compositionupdate', 'compositionend', 'cut', 'copy', 'paste'],
];

/**
 * Stops events of typing at the shadow root. A page that listens in the capture phase still sees them first, with the
 * element as their target.
 *
 * Call it after the content is mounted: Svelte handles many events at the root, too.
 *
 * @returns stops it
 */
export function containKeys(root: ShadowRoot): () => void {
  const stop = (event: Event): void => {
    // Slotted elements belong to the page, and so do keys pressed in them.
    const isInside = event.target instanceof Node && event.target.getRootNode() === root;
    if (isInside && !concernsPage(event)) event.stopPropagation();
  };
  for (const type of types) root.addEventListener(type, stop);
  return () => {
    for (const type of types) root.removeEventListener(type, stop);
  };
}

/** Whether the page around the chat needs the key: it may trap the focus, or close a dialog that contains the chat. */
function concernsPage(event: Event): boolean {
  if (!(event instanceof KeyboardEvent) || isComposing(event)) return false;
  return (
    event.key === 'Tab' || (event.key === 'Escape' && event.type === 'keydown' && !event.defaultPrevented)
  );
}
