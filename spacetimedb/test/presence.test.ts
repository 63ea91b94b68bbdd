import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { openRoom } from './room.ts';
import { join, type Person } from './server.ts';

test('exactly the people with a connection are online, however they come and go', async () => {
  const room = await openRoom();
  const people = await Promise.all(Array.from({ length: 3 }, () => room.newcomer()));
  const open = people.map((): Person[] => []);
  const expectPresence = async () => {
    await vi.waitFor(() => {
      const online = room.sql('SELECT identity FROM user WHERE online = true').flat();
      const expected = people.filter((_, n) => open[n]?.length).map(({ identity }) => identity);
      expect(online.map((identity) => (identity as { toHexString(): string }).toHexString()).sort()).toEqual(
        expected.sort(),
      );
      expect(room.sql('SELECT * FROM live_connection')).toHaveLength(open.flat().length);
    });
  };
  const step = fc.record({
    who: fc.nat(people.length - 1),
    what: fc.constantFrom('connect', 'connect', 'leave', 'leave', 'call'),
    which: fc.nat(9),
  });
  // The steps of one group run at the same time.
  const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(groups, async (todo) => {
      for (const group of todo) {
        await Promise.all(
          group.map(async ({ who, what, which }) => {
            const [person, theirs] = [people[who], open[who]];
            if (!person || !theirs) throw new Error('there is no such person');
            if (what === 'connect') theirs.push(await join(room, { token: person.token }));
            if (what === 'leave') await theirs.splice(which % Math.max(1, theirs.length), 1)[0]?.leave();
            // A call over HTTP is a connection that ends with the answer.
            if (what === 'call') await person.call('send_message', 'hello');
          }),
        );
        await expectPresence();
      }
      await Promise.all(open.flatMap((theirs) => theirs.splice(0).map((person) => person.leave())));
      await expectPresence();
    }),
    { numRuns: 15 },
  );
}, 120_000);

test('after a server stops nobody is online', async () => {
  const room = await openRoom();
  const people = await Promise.all([join(room), join(room)]);
  await vi.waitFor(() => expect(room.sql('SELECT * FROM user WHERE online = true')).toHaveLength(2));
  await room.stop();
  expect(room.sql('SELECT * FROM user WHERE online = true')).toEqual([]);
  expect(room.sql('SELECT * FROM live_connection')).toEqual([]);
  await Promise.all(people.map((person) => person.leave()));
});
