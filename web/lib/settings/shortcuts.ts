/** The keys that do something while nobody is typing. */

export type Command = 'shortcuts' | 'write' | 'latest' | 'people' | 'rename' | 'settings';

/** By the key; letters in capitals. */
const commands: Readonly<Record<string, Command>> = {
  '/': 'write',
  L: 'latest',
  P: 'people',
  N: 'rename',
  S: 'settings',
  '?': 'shortcuts',
};

/** What a key that was pressed asks for; nothing while someone types, or with a key that gives it another meaning. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing)
    return undefined;
  const { target } = event;
  if (target instanceof Element && target.closest('input, textarea, select, dialog, [contenteditable]')) {
    return undefined;
  }
  return commands[event.key.toUpperCase()];
}
