/** The keys that do something while nobody is typing. */

export type Command = 'shortcuts' | 'write' | 'latest' | 'people' | 'rename' | 'settings';

interface Shortcut {
  key: string;
  command: Command;
  /** What it does, in words. */
  words: string;
}

export const shortcuts: readonly Shortcut[] = [
  { key: '/', command: 'write', words: 'Write a message' },
  { key: 'L', command: 'latest', words: 'Go to the latest messages' },
  { key: 'P', command: 'people', words: 'See who is here' },
  { key: 'N', command: 'rename', words: 'Change your name' },
  { key: 'S', command: 'settings', words: 'Open the settings' },
  { key: '?', command: 'shortcuts', words: 'Show this list' },
];

/** What a key that was pressed asks for; nothing while someone types, or with a key that gives it another meaning. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing)
    return undefined;
  const { target } = event;
  if (target instanceof Element && target.closest('input, textarea, select, dialog, [contenteditable]')) {
    return undefined;
  }
  const pressed = event.key.toUpperCase();
  return shortcuts.find(({ key }) => key === pressed)?.command;
}
