import { expect, it } from 'vitest';
import { user } from '../../testing/fixtures.ts';
import { byPresence, search } from './presence.ts';

it('separates online from offline people', () => {
  const [ada, bob] = [user('Ada'), user('Bob', { online: false })];
  expect(byPresence([ada, bob])).toEqual({ online: [ada], offline: [bob] });
});

it('puts the reader first, then names in alphabetical order, then people without a name', () => {
  const people = [
    user(undefined),
    user('zoe'),
    user('Émile'),
    user('eva'),
    user('Me', { isMe: true }),
    user('Bot 10'),
    user('Bot 9'),
  ];
  const away = people.toReversed().map((person) => ({ ...person, online: false }));
  const { online, offline } = byPresence([...people, ...away]);
  expect(offline.map(({ label }) => label)).toEqual(online.map(({ label }) => label));
  expect(online.map((person) => person.name)).toEqual([
    'Me',
    'Bot 9',
    'Bot 10',
    'Émile',
    'eva',
    'zoe',
    undefined,
  ]);
});

it('keeps the order of people with the same name', () => {
  const [a, b] = [user('Sam', { id: 'a'.repeat(64) }), user('Sam', { id: 'b'.repeat(64) })];
  expect(byPresence([b, a]).online).toEqual([a, b]);
  expect(byPresence([a, b]).online).toEqual([a, b]);
});

it('keeps the given order within the groups of more than a thousand people', () => {
  const many = Array.from({ length: 1_200 }, (_, n) =>
    user(n % 3 === 0 ? undefined : `Name ${n % 7}`, {
      id: n.toString(16).padStart(64, '0'),
      online: n % 2 === 0,
    }),
  );
  many.splice(600, 0, user('Zoe', { isMe: true }));
  const { online, offline } = byPresence(many);
  expect(online[0]?.isMe).toBe(true);
  const named = many.filter(({ online, isMe, name }) => online && !isMe && name !== undefined);
  const others = many.filter(({ online, name }) => online && name === undefined);
  expect(online.slice(1)).toEqual([...named, ...others]);
  expect(online.length + offline.length).toBe(many.length);
});

it('finds any part of a name in any case, and the start of an identity', () => {
  const [ada, bob] = [user('Ada Lovelace'), user('Bob', { id: 'c'.repeat(64) })];
  expect(search([ada, bob], ' LOVE ')).toEqual([ada]);
  expect(search([ada, bob], 'cccc')).toEqual([bob]);
  expect(search([ada], ada.id.slice(0, 4))).toEqual([ada]);
  const all = [ada, bob];
  expect(search(all, ' ')).toBe(all);
});
