import { Identity } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import type { Internals } from '../internals.ts';
import { Scope, Store } from '../store.ts';
import { TableMirror } from '../table-mirror.ts';
import { People } from './people.ts';
import type { UserRow } from './types.ts';

const user = (id: number, name?: string, online = true): UserRow => ({
  identity: new Identity(BigInt(id)),
  name,
  online,
});

/** People whose rows come from the test. */
function openPeople(rows: readonly UserRow[], status = 'loading') {
  const mirror = new TableMirror<UserRow>();
  mirror.attach(rows, 'identity');
  mirror.flush(true);
  const query = { status, mirror };
  const identity = new Store<Identity | undefined>(new Scope(() => undefined), undefined);
  const checkSchema = vi.fn();
  const subscriptions = { use: () => query };
  const people = new People({ subscriptions, identity, checkSchema } as unknown as Internals);
  const labels = () => people.all.map(({ label }) => label);
  /** A transaction, after which the query has this status. */
  const commit = (inserts: readonly UserRow[], deletes: readonly UserRow[] = [], status = 'ready') => {
    for (const row of deletes) mirror.record(row, true);
    for (const row of inserts) mirror.record(row, false);
    query.status = status;
    people.update(new Map([[mirror as TableMirror, mirror.flush(false) as never]]));
    return [...people.changed];
  };
  return { people, identity, checkSchema, labels, commit };
}

it('people are ordered by name, and by identity if names are equal', () => {
  const { people, labels, commit } = openPeople([user(3, 'Ann'), user(1, 'Ben'), user(4)]);
  expect(labels()).toEqual([]);
  commit([]);
  commit([user(2, 'Ann')]);
  expect(labels()).toEqual(['00000000', 'Ann', 'Ann', 'Ben']);
  expect(people.all.map(({ identity }) => identity.__identity__)).toEqual([4n, 2n, 3n, 1n]);
  const [, ann] = people.all;
  expect(commit([user(2, 'Ann', false)])).toEqual([2n]);
  expect(people.online.map(({ label }) => label)).toEqual(['00000000', 'Ann', 'Ben']);
  expect(people.all[1]).not.toBe(ann);
  const before = people.all;
  expect(commit([])).toEqual([]);
  expect(people.all).toBe(before);
});

it('someone without a row is an offline guest until the row arrives', () => {
  const { people, commit } = openPeople([]);
  const { identity } = user(1);
  const stranger = people.find(identity);
  expect(stranger).toMatchObject({ label: '00000000', online: false, isMe: false });
  expect(people.find(identity)).toBe(stranger);
  expect(commit([user(1, undefined, false)])).toEqual([]);
  expect(people.all).toEqual([stranger]);
  expect(people.find(identity)).toBe(stranger);
  expect(commit([], [user(1, undefined, false)])).toEqual([]);
  expect([people.all, people.find(identity)]).toEqual([[], stranger]);
  expect(people.find(identity)).toBe(stranger);

  for (const row of [user(1, 'Ann', false), user(1, undefined, true)]) {
    expect(commit([row])).toEqual([1n]);
    expect(people.find(identity)).toBe(people.all[0]);
    expect(commit([], [row])).toEqual([1n]);
    expect(people.find(identity)).toEqual(stranger);
  }
});

it('our own user is known once the server has greeted us, even without a row', () => {
  const { people, identity, commit } = openPeople([user(1, 'Ann'), user(2, 'Ben')]);
  commit([]);
  expect(people.me).toBeUndefined();
  identity.set(new Identity(1n));
  expect(commit([])).toEqual([1n]);
  expect(people.me).toMatchObject({ label: 'Ann', isMe: true });
  const { identity: next } = user(3);
  expect(people.find(next).isMe).toBe(false);
  identity.set(next);
  expect(commit([])).toEqual([3n, 1n]);
  expect(people.find(next)).toMatchObject({ isMe: true });
  expect([people.me, people.find(new Identity(1n)).isMe]).toEqual([undefined, false]);
});

it('people who left while the query was refused are removed when it is answered again', () => {
  const [ann, ben] = [user(1, 'Ann'), user(2, 'Ben')];
  const { people, checkSchema, labels, commit } = openPeople([ann, ben]);
  commit([]);
  const [kept] = people.all;
  expect(checkSchema).not.toHaveBeenCalled();
  commit([], [ben], 'error');
  expect(checkSchema).toHaveBeenCalledOnce();
  expect(labels()).toEqual(['Ann', 'Ben']);
  expect(commit([])).toEqual([2n]);
  expect(people.all).toEqual([kept]);
  expect(people.all[0]).toBe(kept);
});

it('people with existing rows are known at once', () => {
  expect(openPeople([user(1, 'Ann')], 'ready').labels()).toEqual(['Ann']);
});
