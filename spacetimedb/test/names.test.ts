import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameKey, nameProblem } from '../src/rules.ts';
import { OK, nameOf, openRoom, refused, type Caller } from './room.ts';

const TAKEN = refused('That name is taken');

test('a name is stored in its normal form', async () => {
  const room = await openRoom();
  const ann = await room.newcomer();
  expect(await ann.call('set_name', '  Zoe\u0308 \n van\u00A0Dyk ')).toEqual(OK);
  expect(nameOf(room, ann)).toBe('Zoë van Dyk');
});

test('a name that breaks a rule is refused with the rule, and the old one stays', async () => {
  const room = await openRoom();
  const ann = await room.newcomer();
  await ann.call('set_name', 'Ann');
  for (const name of [
    '',
    'x'.repeat(33),
    'A\u200Bnn',
    '\u202EnnA',
    'a\u0301\u0301\u0301\u0301\u0301\u0301',
  ]) {
    expect(await ann.call('set_name', name)).toEqual(refused(nameProblem(name) ?? ''));
  }
  expect(nameOf(room, ann)).toBe('Ann');
});

describe('a taken name', () => {
  test.each(['Alice', 'alice', 'ＡＬＩＣＥ', ' Ａlice\n'])(
    'a taken name is refused to others as %j',
    async (name) => {
      const room = await openRoom();
      const [alice, other] = [await room.newcomer(), await room.newcomer()];
      await alice.call('set_name', 'Alice');
      expect(await other.call('set_name', name)).toEqual(TAKEN);
      expect(nameOf(room, other)).toBeUndefined();
    },
  );

  test.each(['\u0410lice', 'AIice', '\u0430lice'])(
    'a taken name is refused to others who imitate it as %j',
    async (name) => {
      const room = await openRoom();
      const [alice, other] = [await room.newcomer(), await room.newcomer()];
      await alice.call('set_name', 'Alice');
      expect(await other.call('set_name', name)).toEqual(TAKEN);
      // Its owner may write it this way without releasing anything that others could take.
      expect(await alice.call('set_name', name)).toEqual(OK);
      expect(await other.call('set_name', name)).toEqual(TAKEN);
      await alice.call('set_name', 'Bob');
      expect(await other.call('set_name', name)).toEqual(OK);
    },
  );

  test('the owner of a name may change its spelling, and releases it by choosing another', async () => {
    const room = await openRoom();
    const [alice, other] = [await room.newcomer(), await room.newcomer()];
    await alice.call('set_name', 'Alice');
    expect(await alice.call('set_name', 'ALICE')).toEqual(OK);
    expect(await alice.call('set_name', 'ALICE')).toEqual(OK);
    expect(await alice.call('set_name', 'Bob')).toEqual(OK);
    expect(await other.call('set_name', 'alice')).toEqual(OK);
    expect(await alice.call('set_name', 'Alice')).toEqual(TAKEN);
    expect(nameOf(room, alice)).toBe('Bob');
  });

  test('a name stays taken while its owner is away', async () => {
    const room = await openRoom();
    const [alice, other] = [await room.newcomer(), await room.newcomer()];
    await alice.call('set_name', 'Alice');
    expect(room.sql('SELECT * FROM live_connection')).toEqual([]);
    expect(await other.call('set_name', 'Alice')).toEqual(TAKEN);
  });
});

test('if several people ask for the same name at once, one gets it', async () => {
  const room = await openRoom();
  const people = await Promise.all(Array.from({ length: 8 }, () => room.newcomer()));
  const forms = ['Eve', 'EVE', 'eve', 'Ｅve', ' eve'];
  const answers = await Promise.all(
    people.map((person, n) => person.call('set_name', forms[n % forms.length])),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status !== 200)).toEqual(Array(7).fill(TAKEN));
});

test('no two people ever have the same name, whatever they ask for together', async () => {
  const room = await openRoom();
  const people = await Promise.all(Array.from({ length: 4 }, () => room.newcomer()));
  const name = fc.constantFrom('Ann', 'ANN', 'ａnn', 'Bob', 'bob ', 'Straße', 'STRASSE', 'Σοφός', 'ΣΟΦΌΣ');
  const wishes = fc.array(fc.record({ who: fc.nat(people.length - 1), name }), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(wishes, async (together) => {
      await Promise.all(together.map(({ who, name }) => (people[who] as Caller).call('set_name', name)));
      const keys = people.map((person) => nameOf(room, person)).filter((has) => has !== undefined);
      const distinct = new Set(keys.map((has) => nameKey(String(has))));
      expect(distinct.size).toBe(keys.length);
      // Exactly the names in use are claimed.
      expect(new Set(room.sql('SELECT key FROM claimed_name').flat())).toEqual(distinct);
    }),
    { numRuns: 30 },
  );
});
