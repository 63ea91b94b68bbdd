import { beforeEach, expect, it } from 'vitest';
import { user } from '../tests/chat.ts';
import { PeopleChanges } from './people-changes.ts';

const [ada, bob] = [user('Ada'), user('Bob')];
const gone = { ...bob, online: false };
let changes: PeopleChanges;
beforeEach(() => {
  changes = new PeopleChanges();
  changes.update([ada, bob], 0, at(0));
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 14) + seconds * 1000);
const told = () => changes.list.map(({ change, person, was }) => [change, person.name, was]);

it('tells nothing of those who were there from the beginning', () => {
  expect(told()).toEqual([]);
});

it('tells who leaves, joins and is renamed', () => {
  changes.update([ada, gone], 0, at(1));
  changes.update([ada, bob], 0, at(60));
  changes.update([{ ...ada, name: 'Countess', label: 'Countess' }, bob], 0, at(61));
  const cleo = user('Cleo');
  changes.update([{ ...ada, name: 'Countess', label: 'Countess' }, bob, cleo], 0, at(62));
  expect(told()).toEqual([
    ['left', 'Bob', undefined],
    ['joined', 'Bob', undefined],
    ['renamed', 'Countess', 'Ada'],
    ['joined', 'Cleo', undefined],
  ]);
});

it('tells nothing of someone who only reloads the page', () => {
  changes.update([ada, gone], 0, at(1));
  changes.update([ada, bob], 0, at(3));
  expect(told()).toEqual([]);
});

it('tells nothing of yourself', () => {
  const me = user('Me', { isMe: true });
  changes.update([ada, bob, me], 0, at(1));
  changes.update([ada, bob, { ...me, name: 'I', label: 'I' }], 0, at(2));
  expect(told()).toEqual([]);
});

it('takes what it finds after a time without news as given', () => {
  changes.update(undefined, 0, at(1));
  changes.update([ada, gone], 0, at(2));
  expect(told()).toEqual([]);
});

it('notes after which message each came, and keeps a bounded number', () => {
  for (let i = 0; i < 300; i++) {
    changes.update([ada, { ...bob, name: `Bob ${i}`, label: `Bob ${i}` }], i, at(i));
  }
  expect(changes.list).toHaveLength(200);
  expect(changes.list.at(-1)).toMatchObject({ after: 299, was: 'Bob 298' });
  expect(new Set(changes.list.map(({ key }) => key)).size).toBe(200);
});
