import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { ComponentProps } from 'svelte';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { chatSessionWith, user } from '../../testing/fixtures.ts';
import PersonCard from './PersonCard.svelte';

const ada = user('Ada', { id: 'c200abcd'.padEnd(64, '7') });
let anchor: HTMLButtonElement;

/** Test files share a document. */
function add<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
  const element = document.body.appendChild(document.createElement(name));
  onTestFinished(() => element.remove());
  return element;
}

beforeEach(() => {
  anchor = add('button');
});

function show(props: Partial<ComponentProps<typeof PersonCard>> = {}) {
  const on = { onmention: vi.fn(), onrename: vi.fn(), onclose: vi.fn() };
  render(PersonCard, { props: { user: ada, session: chatSessionWith({}), anchor, ...on, ...props } });
  return on;
}

it('shows the name, the role, the join date and the whole identity', () => {
  const session = chatSessionWith({
    roles: new Map([[ada.id, 'moderator']]),
    member: () => ({ since: new Date(2026, 10, 24) }),
  });
  show({ session });
  const card = screen.getByRole('dialog', { name: 'Ada' });
  expect(card).toHaveTextContent('Moderator');
  expect(card).toHaveTextContent(/Here since .*2026/);
  expect(card).toHaveTextContent(ada.id);
});

it('leaves out information that the server lacks', () => {
  show();
  expect(screen.queryByText(/Here since/)).not.toBeInTheDocument();
  expect(screen.queryByText('Moderator')).not.toBeInTheDocument();
});

it('mentions the person, closes and returns the focus', async () => {
  const { onmention, onclose } = show();
  expect(screen.getByRole('button', { name: 'Mention' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  expect(onmention).toHaveBeenCalledExactlyOnceWith(ada);
  expect(onclose).toHaveBeenCalled();
  expect(anchor).toHaveFocus();
});

it('offers the reader to change their own name instead', async () => {
  const { onrename } = show({ user: { ...ada, isMe: true } });
  expect(screen.queryByRole('button', { name: 'Mention' })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Change your name' }));
  expect(onrename).toHaveBeenCalledOnce();
});

it('copies the identity, or reports that it could not', async () => {
  const person = userEvent.setup();
  show();
  const copied = vi.spyOn(navigator.clipboard, 'writeText');
  const button = screen.getByRole('button', { name: 'Copy ID' });
  await person.click(button);
  expect(copied).toHaveBeenCalledExactlyOnceWith(ada.id);
  await vi.waitFor(() => expect(button).toHaveTextContent('Copied'));
  copied.mockRejectedValue(new Error('forbidden'));
  await person.click(button);
  await vi.waitFor(() => expect(button).toHaveTextContent('Not copied'));
});

it('Escape closes the card and nothing else', async () => {
  const { onclose } = show();
  const outside = vi.fn();
  document.addEventListener('keydown', outside);
  await userEvent.keyboard('{Escape}');
  expect(onclose).toHaveBeenCalled();
  expect(anchor).toHaveFocus();
  expect(outside).not.toHaveBeenCalled();
  document.removeEventListener('keydown', outside);
});

it('closes when the focus moves elsewhere, and leaves it there', async () => {
  const { onclose } = show();
  const other = add('input');
  other.focus();
  expect(onclose).toHaveBeenCalled();
  expect(other).toHaveFocus();
});
