import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { RovingFocus } from './roving-focus.ts';

let roving: RovingFocus;
let leave: Map<string, () => void>;
beforeEach(() => {
  document.body.innerHTML = '<input>';
  roving = new RovingFocus(-1);
  leave = new Map();
});

/** Adds a button at the end or before another one. */
function add(name: string, before?: string): void {
  const button = document.createElement('button');
  button.id = name;
  document.body.insertBefore(button, before === undefined ? null : document.getElementById(before));
  const end = roving.button(button);
  leave.set(name, () => {
    button.remove();
    end?.();
  });
}
const addAll = (...names: string[]): void => names.forEach((name) => add(name));
const inTabOrder = (): string[] =>
  [...document.querySelectorAll('button')].flatMap(({ id, tabIndex }) => (tabIndex === 0 ? [id] : []));

/** Presses a key and returns the name of the button that has the focus then. */
async function press(key: string): Promise<string | undefined> {
  await userEvent.keyboard(`{${key}}`);
  return document.activeElement?.id;
}

it('keeps one button in the tab order: the last one until one was focused', async () => {
  addAll('a', 'b', 'c');
  await Promise.resolve();
  expect(inTabOrder()).toEqual(['c']);
  add('d');
  await Promise.resolve();
  expect(inTabOrder()).toEqual(['d']);
  await userEvent.tab();
  await userEvent.tab();
  expect(document.activeElement?.id).toBe('d');
  await userEvent.tab();
  expect(document.activeElement?.id).toBe('');
});

it('arrow keys, Home and End move the focus in document order', async () => {
  addAll('b', 'd');
  add('c', 'd');
  add('a', 'b');
  expect(roving.focus()).toBe(true);
  expect(document.activeElement?.id).toBe('d');
  expect(await press('ArrowUp')).toBe('c');
  expect(await press('ArrowUp')).toBe('b');
  expect(inTabOrder()).toEqual(['b']);
  expect(await press('ArrowDown')).toBe('c');
  expect(await press('Home')).toBe('a');
  expect(await press('ArrowUp')).toBe('a');
  expect(await press('End')).toBe('d');
  expect(await press('ArrowDown')).toBe('d');
  expect(await press('Alt>}{ArrowUp}{/Alt')).toBe('d');
  const up = new KeyboardEvent('keydown', { key: 'ArrowUp', cancelable: true });
  document.activeElement?.dispatchEvent(up);
  // Otherwise the page would scroll.
  expect(up.defaultPrevented).toBe(true);
});

it('keeps the button in the tab order when another one is removed', async () => {
  addAll('a', 'b', 'c', 'd');
  roving.focus();
  await press('Home');
  await press('ArrowDown');
  leave.get('d')?.();
  await Promise.resolve();
  expect(inTabOrder()).toEqual(['b']);
});

it('continues from the previous button when the last one is removed, even if the first one is the start', async () => {
  roving = new RovingFocus(0);
  addAll('a', 'b', 'c');
  roving.focus();
  await press('End');
  leave.get('c')?.();
  await Promise.resolve();
  expect(inTabOrder()).toEqual(['b']);
});

it('continues from the next button, or the previous one, when the focused one is removed', async () => {
  addAll('a', 'b', 'c');
  roving.focus();
  await press('ArrowUp');
  leave.get('b')?.();
  await Promise.resolve();
  expect(inTabOrder()).toEqual(['c']);
  roving.focus();
  leave.get('c')?.();
  expect(roving.focus()).toBe(true);
  expect(document.activeElement?.id).toBe('a');
  leave.get('a')?.();
  expect(roving.focus()).toBe(false);
});
