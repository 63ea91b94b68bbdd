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

/** Puts a button into the page, at its end or before another one. */
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

/** Where a key leads from the button that has the focus. */
async function press(key: string): Promise<string | undefined> {
  await userEvent.keyboard(`{${key}}`);
  return document.activeElement?.id;
}

it('has one button in the tab order, the last one as long as none has had the focus', async () => {
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

it('leads from one to the next by the keys, in the order of the page', async () => {
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
});

it('goes on from the next one when one is gone, or from the one before', async () => {
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
