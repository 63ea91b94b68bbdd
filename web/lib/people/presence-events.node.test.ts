import { beforeEach, describe, expect, it } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { PresenceEvents } from './presence-events.ts';

const [ada, bob] = [user('Ada'), user('Bob')];
const gone = { ...bob, online: false };
let changes: PresenceEvents;
beforeEach(() => {
  changes = new PresenceEvents();
  changes.update([ada, bob], [], at(0));
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 14) + seconds * 1000);
const told = () => changes.list.map(({ change, person, was }) => [change, person.name, was]);

it('tells nothing of those who were there from the beginning', () => {
  expect(told()).toEqual([]);
});

it('tells who leaves, joins and is renamed', () => {
  changes.update([ada, gone], [], at(1));
  changes.update([ada, bob], [], at(60));
  changes.update([{ ...ada, name: 'Countess', label: 'Countess' }, bob], [], at(61));
  const cleo = user('Cleo');
  changes.update([{ ...ada, name: 'Countess', label: 'Countess' }, bob, cleo], [], at(62));
  expect(told()).toEqual([
    ['left', 'Bob', undefined],
    ['joined', 'Bob', undefined],
    ['renamed', 'Countess', 'Ada'],
    ['joined', 'Cleo', undefined],
  ]);
});

it('tells that somebody left whose row is deleted', () => {
  changes.update([ada], [], at(1));
  expect(told()).toEqual([['left', 'Bob', undefined]]);
});

it('tells of nobody while there are more than a thousand people', () => {
  const crowd = Array.from({ length: 1_001 }, (_, n) =>
    user(`Person ${n}`, { id: n.toString(16).padStart(64, '0') }),
  );
  changes.update(crowd, [], at(1));
  changes.update([...crowd, ada], [], at(2));
  changes.update([ada, bob], [], at(3));
  expect(told()).toEqual([]);
});

it('tells nothing of someone who only reloads the page', () => {
  changes.update([ada, gone], [], at(1));
  changes.update([ada, bob], [], at(3));
  expect(told()).toEqual([]);
});

describe('someone who has come without a name', () => {
  const newcomer = user(undefined, { id: 'c0ffee'.padEnd(64, '0') });
  const named = { ...newcomer, name: 'Cleo', label: 'Cleo' };
  beforeEach(() => changes.update([ada, bob, newcomer], [], at(1)));

  it('is told of by the first name that they take, on the line that says that they came', () => {
    const [line] = changes.list;
    changes.update([ada, bob, named], [message(ada, 'hello', { sent: at(2) })], at(3));
    expect(changes.list).toEqual([{ ...line, person: named }]);
    changes.update([ada, bob, { ...named, name: 'Cleopatra', label: 'Cleopatra' }], [], at(4));
    expect(told()).toEqual([
      ['joined', 'Cleo', undefined],
      ['renamed', 'Cleopatra', 'Cleo'],
    ]);
  });

  it('is told to be renamed when they have written before', () => {
    changes.update([ada, bob, named], [message(newcomer, 'hello', { sent: at(2) })], at(3));
    expect(told()).toEqual([
      ['joined', undefined, undefined],
      ['renamed', 'Cleo', 'c0ffee00'],
    ]);
  });

  it('is told to be renamed when they have left meanwhile', () => {
    changes.update([ada, bob, { ...newcomer, online: false }], [], at(30));
    changes.update([ada, bob, named], [], at(60));
    expect(told().map(([change]) => change)).toEqual(['joined', 'left', 'renamed', 'joined']);
  });
});

it('tells nothing of yourself', () => {
  const me = user('Me', { isMe: true });
  changes.update([ada, bob, me], [], at(1));
  changes.update([ada, bob, { ...me, name: 'I', label: 'I' }], [], at(2));
  expect(told()).toEqual([]);
});

it('takes what it finds after a time without news as given', () => {
  changes.update(undefined, [], at(1));
  changes.update([ada, gone], [], at(2));
  expect(told()).toEqual([]);
});

describe('when the server was away', () => {
  it('tells nothing of those who come back as its readers do, each at their own time', () => {
    const cleo = user('Cleo');
    changes.update([ada, bob, cleo], [], at(20));
    const before = changes.list;
    // The server sends one after the other away.
    changes.update([ada, gone, cleo], [], at(100));
    changes.update(undefined, [], at(101));
    changes.update(undefined, [], at(102));
    changes.update([{ ...ada, online: false }, gone, { ...cleo, online: false }], [], at(200));
    changes.update([ada, gone, { ...cleo, online: false }], [], at(201));
    // It goes once more before all are back.
    changes.update(undefined, [], at(202));
    changes.update([ada, gone, { ...cleo, online: false }], [], at(230));
    changes.update([ada, bob, { ...cleo, online: false }], [], at(231));
    changes.update([ada, bob, cleo], [], at(280));
    expect(changes.list).toEqual(before);
  });

  it('tells of those who come long after it, and of those who had left long before', () => {
    changes.update([{ ...ada, online: false }, bob], [], at(20));
    changes.update(undefined, [], at(60));
    changes.update([{ ...ada, online: false }, gone], [], at(100));
    changes.update([ada, gone], [], at(101));
    changes.update([ada, bob], [], at(400));
    expect(told()).toEqual([
      ['left', 'Ada', undefined],
      ['joined', 'Ada', undefined],
      ['joined', 'Bob', undefined],
    ]);
  });

  it('tells of those who leave, and join, once they are back', () => {
    changes.update(undefined, [], at(60));
    changes.update([ada, bob], [], at(100));
    changes.update([ada, gone], [], at(101));
    changes.update([ada, bob], [], at(120));
    expect(told().map(([change]) => change)).toEqual(['left', 'joined']);
  });
});

it('notes after which message each came, and keeps a bounded number', () => {
  for (let i = 0; i < 300; i++) {
    const said = message(ada, 'so', { sent: new Date(i) });
    changes.update([ada, { ...bob, name: `Bob ${i}`, label: `Bob ${i}` }], [said], at(i));
  }
  expect(changes.list).toHaveLength(200);
  expect(changes.list.at(-1)).toMatchObject({ after: 299, was: 'Bob 298' });
  expect(new Set(changes.list.map(({ key }) => key)).size).toBe(200);
});
