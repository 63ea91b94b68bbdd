/** The expected messages were recorded from a real SpacetimeDB 2.8.3 (`recorded/ws.json`). */
import { Identity, type AlgebraicType } from 'spacetimedb';
import { describe, expect, it } from 'vitest';
import { UNLIMITED } from './budget.ts';
import { compileOneOffQuery } from './compile.ts';
import { executeTableQuery } from './execute.ts';
import { SqlError } from './sql-error.ts';
import { makeCatalog, makeRow, makeTable, MemorySource } from './testing.ts';

const U64: AlgebraicType = { tag: 'U64' };
const STRING: AlgebraicType = { tag: 'String' };

const people = makeTable('people', { id: U64, name: STRING, online: { tag: 'Bool' } }, [['btree', 'id']]);
const notes = makeTable('notes', { id: U64, author: U64, text: STRING }, [['btree', 'author']]);
const events = makeTable('events', { person: U64 }, [['btree', 'person']], { isEvent: true });
const catalog = makeCatalog(people, notes, events);

const ann = makeRow(1n, 'ann', true);
const bob = makeRow(2n, 'bob', false);
const first = makeRow(1n, 1n, 'hello');
const second = makeRow(2n, 1n, 'again');
const third = makeRow(3n, 2n, 'bye');
const source = new MemorySource({ people: [ann, bob], notes: [first, second, third] });
const me = new Identity(5n);

describe('one-off queries', () => {
  function askOnce(sql: string): readonly unknown[] {
    const { plan, relation } = compileOneOffQuery(sql, catalog, me);
    return executeTableQuery(plan, relation, source, UNLIMITED);
  }

  it.each([
    ['SELECT * FROM people WHERE id = 2', [bob]],
    ['SELECT n.* FROM people p JOIN notes n ON p.name = n.text', []],
    ['SELECT p.* FROM people p JOIN notes n ON p.id = n.author', [ann, ann, bob]],
    ['SELECT p.* FROM people p JOIN people q', [ann, ann, bob, bob]],
    [
      'SELECT n.* FROM people p JOIN notes n ON p.id = n.author JOIN people q ON q.id = p.id WHERE q.online = true',
      [first, second],
    ],
    ['SELECT p.* FROM people p JOIN events e ON p.id = e.person', []],
  ])('a one-off query may join without an index: %s', (sql, rows) => {
    expect(askOnce(sql)).toEqual(rows);
  });

  it.each([
    ['', 'Empty SQL query'],
    ['SELECT * FROM *', 'sql parser error: Expected identifier, found: * at Line: 1, Column 15'],
    ['SELECT * FROM nope', 'no such table: `nope`. If the table exists, it may be marked private.'],
    [
      'SELECT id FROM people',
      'Column projections are not supported in subscriptions; Subscriptions must return a table type',
    ],
    ['SELECT * FROM people LIMIT 1', 'Unsupported: SELECT * FROM people LIMIT 1'],
    ['DELETE FROM people', 'Unsupported: Non-SELECT queries'],
    ['SHOW row_limit', 'Unsupported: Non-SELECT queries'],
  ])('the one-off query %j is refused', (sql, message) => {
    expect(() => askOnce(sql)).toThrow(new SqlError(message));
  });
});
