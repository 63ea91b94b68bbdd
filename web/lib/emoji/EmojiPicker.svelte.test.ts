import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, onTestFinished, vi } from 'vitest';
import EmojiPicker from './EmojiPicker.svelte';

async function open() {
  const anchor = document.body.appendChild(document.createElement('button'));
  onTestFinished(() => anchor.remove());
  const on = { onpick: vi.fn(), onclose: vi.fn() };
  const { unmount } = render(EmojiPicker, { props: { anchor, ...on } });
  const picker = screen.getByRole('dialog', { name: 'Emoji' });
  const search = await vi.waitFor(() => element('input[type=search]'));
  return { anchor, picker, search, unmount, person: userEvent.setup(), ...on };
}

// Queries by role or label would compute the names of two thousand elements.
function element(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`Nothing matches ${selector}`);
  return found;
}
/** The emoji of a group. */
const group = (name: string): HTMLElement | undefined =>
  [...document.querySelectorAll('section')].find(
    (section) => section.firstElementChild?.textContent === name,
  );
const cells = (within: ParentNode = document) => [...within.querySelectorAll<HTMLElement>('[role=gridcell]')];
const cell = (name: string) => element(`[role=gridcell][aria-label="${name}"]`);
const rowsOf = () => [...document.querySelectorAll('[role=row]')].map((row) => cells(row));

it('takes the focus, and a click chooses the emoji and returns the focus', async () => {
  const { person, picker, anchor, onpick, onclose } = await open();
  expect(picker).toHaveFocus();
  await person.click(cell('party popper'));
  expect(onpick).toHaveBeenCalledExactlyOnceWith('🎉');
  expect(onclose).toHaveBeenCalled();
  expect(anchor).toHaveFocus();
});

it('Escape closes it, returns the focus and closes nothing else', async () => {
  const { person, search, anchor, onpick, onclose } = await open();
  const onescape = vi.fn();
  window.addEventListener('keydown', onescape);
  onTestFinished(() => window.removeEventListener('keydown', onescape));
  await person.click(search);
  await person.keyboard('{Escape}');
  expect(onclose).toHaveBeenCalledOnce();
  expect(onpick).not.toHaveBeenCalled();
  expect(onescape).not.toHaveBeenCalled();
  expect(anchor).toHaveFocus();
});

it('finds emoji by name, and Enter takes the first one', async () => {
  const { person, search, onpick } = await open();
  await person.type(search, 'Party pop');
  expect(cells().map(({ textContent }) => textContent)).toEqual(['🎉']);
  await person.keyboard('{Enter}');
  expect(onpick).toHaveBeenCalledExactlyOnceWith('🎉');
});

it('says when nothing is found', async () => {
  const { person, search, onpick } = await open();
  await person.type(search, 'xyzzy');
  expect(element('[role=status]')).toHaveTextContent('No emoji found');
  await person.keyboard('{Enter}');
  expect(onpick).not.toHaveBeenCalled();
});

it('arrow keys move between the emoji, and only one is in the tab order', async () => {
  const { person, search, onpick } = await open();
  const inTabOrder = () => cells().filter((cell) => cell.tabIndex === 0);
  await person.click(search);
  await person.keyboard('{ArrowDown}');
  const all = cells();
  const rows = rowsOf();
  expect(rows[0]?.[0]).toHaveFocus();
  await person.keyboard('{ArrowRight}');
  await vi.waitFor(() => expect(rows[0]?.[1]).toHaveFocus());
  await person.keyboard('{ArrowDown}');
  await vi.waitFor(() => expect(rows[1]?.[1]).toHaveFocus());
  await person.keyboard('{ArrowLeft}{ArrowLeft}');
  await vi.waitFor(() => expect(rows[0]?.at(-1)).toHaveFocus());
  expect(inTabOrder()).toEqual([rows[0]?.at(-1)]);
  await person.keyboard('{PageDown}');
  const people = group('People and gestures');
  await vi.waitFor(() => expect(cells(people)[0]).toHaveFocus());
  await person.keyboard('{End}');
  await vi.waitFor(() => expect(all.at(-1)).toHaveFocus());
  await person.keyboard('{Enter}');
  expect(onpick).toHaveBeenCalledExactlyOnceWith(all.at(-1)?.textContent);
});

it('a letter typed in the grid goes to the search field', async () => {
  const { person, search } = await open();
  await person.click(search);
  await person.keyboard('{ArrowDown}heart');
  expect(search).toHaveValue('heart');
});

it('remembers the skin tone and the emoji used last', async () => {
  const first = await open();
  expect(group('Recently used')).toBeUndefined();
  await first.person.click(element('button[aria-label="Skin tone"]'));
  await first.person.click(element('input[aria-label="Medium"]'));
  await first.person.click(cell('waving hand'));
  expect(first.onpick).toHaveBeenCalledExactlyOnceWith('👋🏽');
  first.unmount();

  const second = await open();
  const recent = group('Recently used');
  expect(cells(recent).map(({ textContent }) => textContent)).toEqual(['👋🏽']);
  await second.person.click(element('button[aria-label="Skin tone"]'));
  expect(element('input[aria-label="Medium"]')).toBeChecked();
});

it.each(['{"tone": 6, "recent": [1, "no emoji"]}', '7'])('ignores %s in the storage', async (saved) => {
  localStorage.setItem('spacetimedb-chat:emoji', saved);
  await open();
  expect(group('Recently used')).toBeUndefined();
  expect(element('button[aria-label="Skin tone"]')).toHaveTextContent('✋');
});

it('closes when the focus moves elsewhere, and leaves it there', async () => {
  const { search, anchor, person, onclose } = await open();
  await person.click(search);
  const other = document.body.appendChild(document.createElement('input'));
  onTestFinished(() => other.remove());
  other.focus();
  expect(onclose).toHaveBeenCalled();
  expect(other).toHaveFocus();
  expect(anchor).not.toHaveFocus();
});
