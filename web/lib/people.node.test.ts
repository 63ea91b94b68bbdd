import { expect, it } from 'vitest';
import { user } from '../tests/chat.ts';
import { byPresence } from './people.ts';

it('parts those who are here from those who are not', () => {
  const [ada, bob] = [user('Ada'), user('Bob', { online: false })];
  expect(byPresence([ada, bob])).toEqual({ online: [ada], offline: [bob] });
});

it('puts yourself first, then names as a reader sorts them, then those without one', () => {
  const people = [
    user(undefined),
    user('zoe'),
    user('Émile'),
    user('eva'),
    user('Me', { isMe: true }),
    user('Bot 10'),
    user('Bot 9'),
  ];
  expect(byPresence(people).online.map((person) => person.name)).toEqual([
    'Me',
    'Bot 9',
    'Bot 10',
    'Émile',
    'eva',
    'zoe',
    undefined,
  ]);
});

it('does not shuffle people of one name', () => {
  const [a, b] = [user('Sam', { id: 'a'.repeat(64) }), user('Sam', { id: 'b'.repeat(64) })];
  expect(byPresence([a, b])).toEqual(byPresence([b, a]));
});
