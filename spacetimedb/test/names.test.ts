import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestName } from '../src/guest-names.ts';
import { readTaken } from '../src/refusal-texts.ts';
import { nameKey, nameProblem, normalizeName } from '../src/rules.ts';
import { OK, nameOf, openRoom, refused, type Caller } from './room.ts';

const taken = (name: string, suggestion: string) => refused(`${name} is taken. Try ${suggestion}`);

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
      const normal = normalizeName(name);
      expect(await other.call('set_name', name)).toEqual(taken(normal, `${normal}2`));
      expect(nameOf(room, other)).toBeUndefined();
    },
  );

  test.each(['\u0410lice', 'AIice', '\u0430lice'])(
    'a taken name is refused to others who imitate it as %j',
    async (name) => {
      const room = await openRoom();
      const [alice, other] = [await room.newcomer(), await room.newcomer()];
      await alice.call('set_name', 'Alice');
      expect(await other.call('set_name', name)).toEqual(taken(name, `${name}2`));
      // Its owner may write it this way without releasing anything that others could take.
      expect(await alice.call('set_name', name)).toEqual(OK);
      expect(await other.call('set_name', name)).toEqual(taken(name, `${name}2`));
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
    expect(await alice.call('set_name', 'Alice')).toEqual(taken('Alice', 'Alice2'));
    expect(nameOf(room, alice)).toBe('Bob');
  });

  test('a name stays taken while its owner is away', async () => {
    const room = await openRoom();
    const [alice, other] = [await room.newcomer(), await room.newcomer()];
    await alice.call('set_name', 'Alice');
    expect(room.sql('SELECT * FROM live_connection')).toEqual([]);
    expect(await other.call('set_name', 'Alice')).toEqual(taken('Alice', 'Alice2'));
  });

  test('the suggestion is the next number that is free', async () => {
    const room = await openRoom();
    const holders = ['Bobby', 'Bobby2', 'BOBBY3', 'Bobby5', 'x'.repeat(32), '007'];
    for (const name of holders) expect(await (await room.newcomer()).call('set_name', name)).toEqual(OK);
    const other = await room.newcomer();
    const ask = (name: string) => other.call('set_name', name);
    expect(await ask('Bobby')).toEqual(taken('Bobby', 'Bobby4'));
    expect(await ask('Bobby2')).toEqual(taken('Bobby2', 'Bobby4'));
    expect(await ask('Bobby5')).toEqual(taken('Bobby5', 'Bobby6'));
    expect(await ask('x'.repeat(32))).toEqual(taken('x'.repeat(32), `${'x'.repeat(31)}2`));
    expect(await ask('007')).toEqual(taken('007', '8'));
    // A name counts as free for the person who has it.
    expect(await ask('Bobby4')).toEqual(OK);
    expect(await ask('Bobby')).toEqual(taken('Bobby', 'Bobby4'));
  });

  test('a suggestion can be taken, whatever the name is and however many have it', async () => {
    const room = await openRoom();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 32 }), async (name) => {
        if (nameProblem(name) !== undefined) return;
        await (await room.newcomer()).call('set_name', name);
        const other = await room.newcomer();
        const { status, text } = await other.call('set_name', name);
        expect(status).toBe(530);
        const { suggestion } = readTaken(text, normalizeName(name)) ?? {};
        if (suggestion === undefined) return expect(text).toMatch(/is taken\. Choose another name$/);
        expect(await other.call('set_name', suggestion)).toEqual(OK);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('people who ask for the same name again and again all get a suggestion', async () => {
    const room = await openRoom();
    for (let n = 0; n < 30; n++) {
      const person = await room.newcomer();
      const { status, text } = await person.call('set_name', 'Bot');
      if (status === 200) continue;
      expect(await person.call('set_name', readTaken(text, 'Bot')?.suggestion)).toEqual(OK);
    }
    const names = room.sql('SELECT name FROM user').flat();
    expect(names).toEqual(expect.arrayContaining(['Bot', 'Bot2', 'Bot21']));
    expect(new Set(names).size).toBe(30);
  }, 60_000);
});

describe('guest names', () => {
  test.each(['Quiet Otter', 'quiet OTTER', 'Quiet 0tter', 'Qui\u0435t Otter', ' Ｑuiet  Otter '])(
    'nobody can take the guest name of someone else as %j',
    async (name) => {
      const room = await openRoom();
      const normal = normalizeName(name);
      const answer = await (await room.newcomer()).call('set_name', name);
      expect(answer).toEqual(taken(normal, `${normal}2`));
    },
  );

  test('people can choose their own guest name, and names that only start like a guest name are free', async () => {
    const room = await openRoom();
    const [guest, other] = [await room.newcomer(), await room.newcomer()];
    expect(await guest.call('set_name', guestName(guest.identity))).toEqual(OK);
    for (const name of ['Quiet', 'Otter', 'Quiet Otter Smith', 'Otter Quiet', 'Quiet Bob']) {
      expect(await other.call('set_name', name)).toEqual(OK);
    }
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
  expect(answers.filter(({ text }) => / is taken\. Try eve2$/i.test(text.normalize('NFKC')))).toHaveLength(7);
});

test('no two people ever have the same name, whatever they request at the same time', async () => {
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
