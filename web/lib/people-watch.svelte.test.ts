import { beforeEach, expect, it, vi } from 'vitest';
import { message, user } from '../tests/chat.ts';
import { isMessage } from './flow.ts';
import { PeopleWatch } from './people-watch.svelte.ts';

const [ada, bob] = [user('Ada'), user('Bob')];
const [adaGone, bobGone] = [ada, bob].map((person) => ({ ...person, online: false })) as [
  typeof ada,
  typeof bob,
];
const newcomer = user(undefined, { id: '7'.repeat(64) });

let watch: PeopleWatch;
beforeEach(() => {
  watch = new PeopleWatch();
  watch.update([ada, bob], [], new Date());
});

/** What is told, once what tells it is here. */
async function told(): Promise<string[]> {
  await vi.waitFor(() => expect(watch.changes).toBeDefined());
  const items = watch.changes?.among([]) ?? [];
  return items.map((item) =>
    isMessage(item) ? item.text : `${item.person.name ?? 'somebody'} ${item.change}`,
  );
}

it('asks for nothing while nobody but oneself changes', () => {
  watch.update([ada, bob, user('Me', { isMe: true })], [], new Date());
  watch.update([ada, bob, user('Myself', { isMe: true })], [message(ada, 'hello')], new Date());
  watch.update(undefined, [], new Date());
  watch.update([ada, bob], [], new Date());
  expect(watch.changes).toBeUndefined();
});

it('tells of the first change, and of those while what tells it is on its way', async () => {
  watch.update([ada, bob, newcomer], [], new Date());
  watch.update([ada, bobGone, newcomer], [], new Date());
  expect((await told()).sort()).toEqual(['Bob left', 'somebody joined']);
});

it('goes on from there', async () => {
  watch.update([ada, bob, newcomer], [], new Date());
  await told();
  watch.update([ada, bob, { ...newcomer, name: 'Cleo', label: 'Cleo' }], [], new Date());
  expect(await told()).toEqual(['Cleo joined']);
});

it('tells nothing of those who only come back with the server, if that is the first that happens', async () => {
  watch.update(undefined, [], new Date());
  watch.update([adaGone, bobGone], [], new Date());
  watch.update([ada, bobGone], [], new Date());
  watch.update([ada, bob, newcomer], [], new Date());
  expect(await told()).toEqual(['somebody joined']);
});

it('tells of nobody while there are more than a thousand people', () => {
  const crowd = Array.from({ length: 1_001 }, (_, n) =>
    user(`Person ${n}`, { id: n.toString(16).padStart(64, '0') }),
  );
  watch.update(crowd, [], new Date());
  watch.update([...crowd, newcomer], [], new Date());
  watch.update([ada, bob], [], new Date());
  expect(watch.changes).toBeUndefined();
});
