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

it('does not report people who were there from the start', () => {
  expect(told()).toEqual([]);
});

it('reports who leaves, joins and changes their name', () => {
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

it('reports people whose row is deleted as having left', () => {
  changes.update([ada], [], at(1));
  expect(told()).toEqual([['left', 'Bob', undefined]]);
});

it('does not report anyone while there are more than a thousand people', () => {
  const crowd = Array.from({ length: 1_001 }, (_, n) =>
    user(`Person ${n}`, { id: n.toString(16).padStart(64, '0') }),
  );
  changes.update(crowd, [], at(1));
  changes.update([...crowd, ada], [], at(2));
  changes.update([ada, bob], [], at(3));
  expect(told()).toEqual([]);
});

it('reports changes among a thousand people', () => {
  const crowd = Array.from({ length: 999 }, (_, n) =>
    user(`Person ${n}`, { id: n.toString(16).padStart(64, '0') }),
  );
  changes.update([...crowd, { ...bob, online: false }], [], at(1));
  changes.update([...crowd, bob], [], at(100));
  expect(told().at(-1)).toEqual(['joined', 'Bob', undefined]);
});

it.each([
  ['does not report someone who only reloads the page', 14.999, []],
  ['reports someone who returns after fifteen seconds', 15, ['left', 'joined']],
])('%s', (_, away, expected) => {
  changes.update([ada, gone], [], at(1));
  changes.update([ada, bob], [], at(1 + away));
  expect(told().map(([change]) => change)).toEqual(expected);
});

it('does not report the reader, or people whose row is deleted while they are offline', () => {
  const me = user('Me', { isMe: true });
  changes.update([ada, gone, me], [], at(1));
  const before = told();
  changes.update([ada], [], at(100));
  expect(told()).toEqual(before);
});

describe('someone who joined without a name', () => {
  const newcomer = user(undefined, { id: 'c0ffee'.padEnd(64, '0') });
  const named = { ...newcomer, name: 'Cleo', label: 'Cleo' };
  beforeEach(() => changes.update([ada, bob, newcomer], [], at(1)));

  it('gets their first name on the line that reported them', () => {
    const [line] = changes.list;
    changes.update([ada, bob, named], [message(ada, 'hello', { sent: at(2) })], at(3));
    expect(changes.list).toEqual([{ ...line, person: named }]);
    changes.update([ada, bob, { ...named, name: 'Cleopatra', label: 'Cleopatra' }], [], at(4));
    expect(told()).toEqual([
      ['joined', 'Cleo', undefined],
      ['renamed', 'Cleopatra', 'Cleo'],
    ]);
  });

  it('is reported as renamed if they have written before', () => {
    changes.update([ada, bob, named], [message(newcomer, 'hello', { sent: at(2) })], at(3));
    expect(told()).toEqual([
      ['joined', undefined, undefined],
      ['renamed', 'Cleo', newcomer.label],
    ]);
  });

  it('is reported as renamed if they have left in between', () => {
    changes.update([ada, bob, { ...newcomer, online: false }], [], at(30));
    changes.update([ada, bob, named], [], at(60));
    expect(told().map(([change]) => change)).toEqual(['joined', 'left', 'renamed', 'joined']);
  });
});

it('names the right person if others joined after them, and removes only the line of someone who reloads', () => {
  const newcomer = user(undefined, { id: 'c0ffee'.padEnd(64, '0') });
  const named = { ...newcomer, name: 'Cleo', label: 'Cleo' };
  const dora = user('Dora');
  // What they wrote in an earlier visit.
  const said = [message(newcomer, 'hello', { sent: at(-60) })];
  changes.update([ada, bob, newcomer], said, at(1));
  changes.update([ada, bob, newcomer, dora], said, at(2));
  changes.update([ada, bob, named, dora], said, at(3));
  changes.update([ada, gone, named, dora], said, at(20));
  changes.update([ada, bob, named, dora], said, at(21));
  expect(told()).toEqual([
    ['joined', 'Cleo', undefined],
    ['joined', 'Dora', undefined],
  ]);
});

it('does not report the reader', () => {
  const me = user('Me', { isMe: true });
  changes.update([ada, bob, me], [], at(1));
  changes.update([ada, bob, { ...me, name: 'I', label: 'I' }], [], at(2));
  expect(told()).toEqual([]);
});

it('does not report changes that happened while disconnected', () => {
  changes.update(undefined, [], at(1));
  changes.update([ada, gone], [], at(2));
  expect(told()).toEqual([]);
});

describe('after a server restart', () => {
  it('does not report people who reconnect at different times', () => {
    const cleo = user('Cleo');
    changes.update([ada, bob, cleo], [], at(20));
    const before = changes.list;
    // The server disconnects one person after another.
    changes.update([ada, gone, cleo], [], at(100));
    changes.update(undefined, [], at(101));
    changes.update(undefined, [], at(102));
    changes.update([{ ...ada, online: false }, gone, { ...cleo, online: false }], [], at(200));
    changes.update([ada, gone, { ...cleo, online: false }], [], at(201));
    // The server goes away again before everyone is back.
    changes.update(undefined, [], at(202));
    changes.update([ada, gone, { ...cleo, online: false }], [], at(230));
    changes.update([ada, bob, { ...cleo, online: false }], [], at(231));
    changes.update([ada, bob, cleo], [], at(280));
    expect(changes.list).toEqual(before);
  });

  it('reports people who join long after it, and people who had left long before it', () => {
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

  it.each([
    ['drops the leaving of someone whom the stopping server disconnected', 2.999, []],
    ['keeps the leaving of someone who left three seconds before it', 3, ['left']],
  ])('%s', (_, earlier, expected) => {
    changes.update([ada, gone], [], at(100));
    changes.update(undefined, [], at(100 + earlier));
    expect(told().map(([change]) => change)).toEqual(expected);
  });

  it.each([
    ['expects people back for a minute', 59.999, []],
    ['reports people who come back after a minute', 60, ['joined']],
  ])('%s', (_, later, expected) => {
    changes.update(undefined, [], at(100));
    changes.update([ada, gone], [], at(200));
    changes.update([ada, bob], [], at(200 + later));
    expect(told().map(([change]) => change)).toEqual(expected);
  });

  it('no longer expects people back after the next one', () => {
    changes.update(undefined, [], at(100));
    changes.update([ada, gone], [], at(200));
    changes.update(undefined, [], at(260));
    changes.update([ada, gone], [], at(300));
    changes.update([ada, bob], [], at(301));
    expect(told()).toEqual([['joined', 'Bob', undefined]]);
  });

  it('reports people who leave and join again once they are back', () => {
    changes.update(undefined, [], at(60));
    changes.update([ada, bob], [], at(100));
    changes.update([ada, gone], [], at(101));
    changes.update([ada, bob], [], at(120));
    expect(told().map(([change]) => change)).toEqual(['left', 'joined']);
  });
});

it('records the message before each event, and keeps a limited number of events', () => {
  for (let i = 0; i < 300; i++) {
    const said = message(ada, 'so', { sent: new Date(i) });
    changes.update([ada, { ...bob, name: `Bob ${i}`, label: `Bob ${i}` }], [said], at(i));
  }
  expect(changes.list).toHaveLength(200);
  expect(changes.list.at(-1)).toMatchObject({ after: 299, was: 'Bob 298' });
  expect(new Set(changes.list.map(({ key }) => key)).size).toBe(200);
});
