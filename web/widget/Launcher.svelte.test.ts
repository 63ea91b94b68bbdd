import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import Launcher from './Launcher.svelte';

it.each([
  [{ unread: 0, mentions: 0 }, 'Open the chat', undefined],
  [{ unread: 3, mentions: 0 }, 'Open the chat, 3 new messages', '3'],
  [{ unread: 120, mentions: 2 }, 'Open the chat, 120 new messages, 2 mentions of you', '@2'],
  [{ unread: 120, mentions: 0 }, 'Open the chat, 120 new messages', '99+'],
])('the launcher says how much is unread: %j', (counts, name, badge) => {
  const props = { opened: false, controls: 'panel', text: undefined, label: undefined, onclick: () => {} };
  render(Launcher, { ...props, ...counts });
  const button = screen.getByRole('button', { name });
  expect(button.querySelector('.badge')?.textContent).toBe(badge);
});

it('an open launcher says nothing about unread messages', () => {
  const props = { controls: 'panel', text: undefined, label: undefined, onclick: () => {} };
  render(Launcher, { ...props, opened: true, unread: 3, mentions: 1 });
  expect(screen.getByRole('button', { name: 'Open the chat' }).querySelector('.badge')).toBeNull();
});
