/** Keyboard shortcuts, and typing that starts outside a field. */
import { isComposing } from '../ui/keys.ts';

export type Command =
  | 'shortcuts'
  | 'write'
  | 'latest'
  | 'people'
  | 'rename'
  | 'settings'
  | 'search'
  | 'nextRoom'
  | 'previousRoom';

const singleKeys: Readonly<Record<string, Command>> = { '/': 'write', '?': 'shortcuts' };

/** With Alt. No letter acts alone, because people start to type before the message field has the focus. */
const altKeys: Readonly<Record<string, Command>> = {
  L: 'latest',
  P: 'people',
  N: 'rename',
  S: 'settings',
};

/** With Alt, if there are several rooms. */
const roomKeys: Readonly<Record<string, Command>> = { ArrowDown: 'nextRoom', ArrowUp: 'previousRoom' };

/**
 * Returns the command of a key press, if it has one.
 *
 * @param hasRooms whether there are rooms to switch between
 */
export function commandOf(event: KeyboardEvent, { hasRooms = false } = {}): Command | undefined {
  if (event.defaultPrevented || event.metaKey || isComposing(event)) return undefined;
  if (event.ctrlKey) {
    // Leave Ctrl+F to the browser.
    return event.shiftKey && !event.altKey && letterOf(event) === 'F' ? 'search' : undefined;
  }
  if (event.altKey) {
    const byRoom = hasRooms && !event.shiftKey ? roomKeys[event.key] : undefined;
    // In other fields, these keys open the list or the calendar.
    if (byRoom) return !isField(event.target) || isTextArea(event.target) ? byRoom : undefined;
    // Where Alt writes special characters, it must still do so in fields.
    if (event.getModifierState('AltGraph') || (altWrites() && isField(event.target))) return undefined;
    return altKeys[letterOf(event)];
  }
  return isField(event.target) ? undefined : singleKeys[event.key];
}

/** Whether a key press writes a character and no field has the focus. */
export function startsTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return false;
  // The space bar scrolls and presses buttons.
  return [...event.key].length === 1 && event.key !== ' ' && !isField(event.target);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, dialog[open], [contenteditable]') !== null
  );
}

function isTextArea(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement;
}

/** The letter on the key, also where Alt makes it write another character. */
function letterOf({ key, code }: KeyboardEvent): string {
  return /^[a-z]$/i.test(key) ? key.toUpperCase() : code.replace(/^Key/, '');
}

function altWrites(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
