/** The commands of keys for the focused message. */
export type MessageCommand = 'menu' | 'reply' | 'edit' | 'react' | 'delete';

const keys: Readonly<Record<string, MessageCommand>> = {
  Enter: 'menu',
  ContextMenu: 'menu',
  Delete: 'delete',
  '+': 'react',
  ':': 'react',
  r: 'reply',
  e: 'edit',
};

/**
 * Returns the command of a key press without Ctrl, Alt or Meta.
 *
 * @param withLetters whether keys that write characters are commands, too
 */
export function commandOf(event: KeyboardEvent, withLetters: boolean): MessageCommand | undefined {
  const { key, code, shiftKey } = event;
  if (shiftKey && key === 'F10') return 'menu';
  // On a keyboard with other letters, the key in the same position.
  const name = /^[^\p{Script=Latin}\p{P}\p{S}]$/u.test(key) ? code.replace(/^Key/, '').toLowerCase() : key;
  const command = keys[name.length === 1 ? name.toLowerCase() : name];
  return withLetters || name.length > 1 ? command : undefined;
}
