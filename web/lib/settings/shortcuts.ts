/** Single-key shortcuts, active while nobody is typing. */

export type Command = 'shortcuts' | 'write' | 'latest' | 'people' | 'rename' | 'settings';

/** By key; letters in upper case. */
const commands: Readonly<Record<string, Command>> = {
  '/': 'write',
  L: 'latest',
  P: 'people',
  N: 'rename',
  S: 'settings',
  '?': 'shortcuts',
};

/** Returns the command of a key press; undefined while someone types, and for keys with a modifier. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing)
    return undefined;
  const { target } = event;
  if (target instanceof Element && target.closest('input, textarea, select, dialog, [contenteditable]')) {
    return undefined;
  }
  return commands[event.key.toUpperCase()];
}
