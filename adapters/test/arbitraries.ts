import fc from 'fast-check';
import { deepEqual, Identity, Timestamp } from 'spacetimedb';
import { expect } from 'vitest';
import type { FakeServer, Message, User } from './fake-server.ts';

// Shared by the property tests.

/** For `vi.waitFor`. */
export const soon = { interval: 1, timeout: 2_000 };

export const START = Date.UTC(2026, 10, 24, 12);
export const FIRST = new Identity(1_001n);
export const identity = (id: number) => new Identity(1_000n + BigInt(id));
export const byKey = (a: User, b: User) => Number(a.identity.__identity__ - b.identity.__identity__);

/** A transaction that adds, changes or deletes users, and adds or deletes messages, identified by small numbers. */
export interface Transaction {
  readonly users: readonly {
    readonly id: number;
    readonly name: string | undefined;
    readonly online: boolean | 'gone';
  }[];
  readonly messages: readonly {
    readonly sender: number;
    readonly sent: number;
    readonly text: string;
    readonly gone: boolean;
  }[];
}

export const transaction: fc.Arbitrary<Transaction> = fc.record({
  users: fc.uniqueArray(
    fc.record({
      id: fc.nat(4),
      name: fc.constantFrom('Ann', 'bob', undefined),
      online: fc.constantFrom<boolean | 'gone'>(true, false, 'gone'),
    }),
    { selector: ({ id }) => id, maxLength: 3 },
  ),
  messages: fc.uniqueArray(
    fc.record({
      sender: fc.nat(4),
      sent: fc.nat(5),
      text: fc.constantFrom('a', 'b', 'long '.repeat(500)),
      gone: fc.boolean(),
    }),
    { selector: ({ sender, sent, text }) => `${sender} ${sent} ${text}`, maxLength: 4 },
  ),
});
export function commit(server: FakeServer, { users, messages }: Transaction): void {
  const changes = {
    user: { inserts: [] as User[], deletes: [] as User[] },
    message: { inserts: [] as Message[], deletes: [] as Message[] },
  };
  const known = [...server.tables.user.values()] as User[];
  for (const { id, name, online } of users) {
    const before = known.find((user) => user.identity.__identity__ === identity(id).__identity__);
    const after = { identity: identity(id), name, online: online === true };
    // Like the server, leave out rows that do not change.
    if (online !== 'gone' && before && deepEqual(before, after)) continue;
    if (before) changes.user.deletes.push(before);
    if (online !== 'gone') changes.user.inserts.push(after);
  }
  const here = [...server.tables.message.values()] as Message[];
  for (const { sender, sent, text, gone } of messages) {
    const row = { sender: identity(sender), sent: Timestamp.fromDate(new Date(START + sent)), text };
    const before = here.find((message) => deepEqual(message, row));
    if (before && gone) changes.message.deletes.push(before);
    if (!before && !gone) changes.message.inserts.push(row);
  }
  server.commit(changes);
}

/** Asserts that equal items of two lists are the same object. */
export function expectSameObjects(before: unknown, after: unknown): void {
  if (!Array.isArray(before) || !Array.isArray(after)) return;
  for (const item of after as unknown[]) {
    const old = (before as unknown[]).find((old) => deepEqual(old, item));
    if (old !== undefined) expect(item).toBe(old);
  }
}
