import { expect, it } from 'vitest';
import { tabTitle } from './browser-tab.ts';

it.each([
  [0, 0, 'lobby'],
  [3, 0, '(3) lobby'],
  [100, 0, '(99+) lobby'],
  // Being mentioned matters more than how much else was written.
  [120, 2, '(@2) lobby'],
  [500, 100, '(@99+) lobby'],
])('the title with %i unread messages, with %i mentions of the reader, is %j', (unread, mentions, title) =>
  expect(tabTitle('lobby', unread, mentions)).toBe(title),
);

it('the title names a foreign server', () => {
  expect(tabTitle('lobby', 1, 0, 'evil.example')).toBe('(1) lobby · on evil.example');
});
