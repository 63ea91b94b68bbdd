import { afterEach, describe, expect, it, vi } from 'vitest';
import { commandOf, startsTyping } from './shortcuts.ts';

afterEach(() => vi.restoreAllMocks());

type Press = KeyboardEventInit & { readonly isPrevented?: boolean; readonly altGraph?: boolean };

/** Presses a key on an element and returns what `read` says about the event. */
function press<T>(read: (event: KeyboardEvent) => T, init: Press, html = '<p></p>'): T {
  document.body.innerHTML = html;
  const target = document.body.querySelector('[data-target]') ?? document.body.firstElementChild;
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });
  if (init.altGraph) event.getModifierState = (key) => key === 'AltGraph';
  if (init.isPrevented) event.preventDefault();
  let result!: T;
  target?.addEventListener('keydown', () => (result = read(event)), { once: true });
  target?.dispatchEvent(event);
  return result;
}
const command = (init: Press, html?: string, hasRooms?: boolean) =>
  press((event) => (hasRooms === undefined ? commandOf(event) : commandOf(event, { hasRooms })), init, html);

const fields = [
  '<input>',
  '<textarea></textarea>',
  '<select></select>',
  '<dialog open><p data-target></p></dialog>',
  '<div contenteditable><p data-target></p></div>',
];

it.each([
  [{ key: '/' }, 'write'],
  [{ key: '?', shiftKey: true }, 'shortcuts'],
  [{ key: 'F', ctrlKey: true, shiftKey: true }, 'search'],
  [{ key: 'f', ctrlKey: true, shiftKey: true }, 'search'],
  [{ key: 'l', altKey: true }, 'latest'],
  [{ key: 'P', altKey: true }, 'people'],
  [{ key: 'n', altKey: true }, 'rename'],
  [{ key: 's', altKey: true }, 'settings'],
  // Where Alt writes another character.
  [{ key: '¬', code: 'KeyL', altKey: true }, 'latest'],
  [{ key: 'Dead', code: 'KeyN', altKey: true }, 'rename'],
] as const)('%j is the command %s', (init, expected) => expect(command(init)).toBe(expected));

it.each([
  { key: 'l' },
  { key: 'f', ctrlKey: true },
  { key: 'F', ctrlKey: true, shiftKey: true, altKey: true },
  { key: 'G', ctrlKey: true, shiftKey: true },
  { key: '/', metaKey: true },
  { key: '/', isPrevented: true },
  { key: '/', isComposing: true },
  { key: 'x', altKey: true },
  { key: 'l', altKey: true, altGraph: true },
  { key: 'ArrowDown', altKey: true },
  { key: 'Escape', code: 'KeyLs', altKey: true },
])('%j is no command', (init) => expect(command(init)).toBeUndefined());

describe.each(fields)('in %s', (field) => {
  it('keys that write characters are not commands', () => {
    expect(command({ key: '/' }, field)).toBeUndefined();
    expect(press(startsTyping, { key: 'a' }, field)).toBe(false);
  });

  it('letters with Alt are commands, unless they write characters', () => {
    expect(command({ key: 'l', altKey: true }, field)).toBe('latest');
    const platform = vi.spyOn(navigator, 'platform', 'get');
    for (const name of ['MacIntel', 'iPhone', 'iPad']) {
      platform.mockReturnValue(name);
      expect(command({ key: '¬', code: 'KeyL', altKey: true }, field), name).toBeUndefined();
      expect(command({ key: '¬', code: 'KeyL', altKey: true })).toBe('latest');
    }
  });
});

it('arrow keys with Alt switch between rooms, but not in fields that use them', () => {
  expect(command({ key: 'ArrowDown', altKey: true }, undefined, true)).toBe('nextRoom');
  expect(command({ key: 'ArrowUp', altKey: true }, undefined, true)).toBe('previousRoom');
  expect(command({ key: 'ArrowUp', altKey: true, shiftKey: true }, undefined, true)).toBeUndefined();
  expect(command({ key: 'ArrowUp', altKey: true }, undefined, false)).toBeUndefined();
  expect(command({ key: 'ArrowUp', altKey: true }, '<textarea></textarea>', true)).toBe('previousRoom');
  expect(command({ key: 'ArrowUp', altKey: true }, '<input>', true)).toBeUndefined();
});

it.each([
  [{ key: 'a' }, true],
  [{ key: 'É' }, true],
  [{ key: '👍' }, true],
  [{ key: ' ' }, false],
  [{ key: 'Enter' }, false],
  [{ key: 'a', ctrlKey: true }, false],
  [{ key: 'a', altKey: true }, false],
  [{ key: 'a', metaKey: true }, false],
  [{ key: 'a', isPrevented: true }, false],
])('%j begins to write: %s', (init, expected) => expect(press(startsTyping, init)).toBe(expected));
