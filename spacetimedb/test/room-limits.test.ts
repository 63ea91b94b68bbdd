/** Limits of the whole room. Identities are free, so limits per person alone would stop nobody. */
import { describe, expect, test } from 'vitest';
import { OK, openRoom, refused, textsIn, type Room } from './room.ts';

const SECOND = 1000;

/** Newcomers who each write one message until one is refused. */
async function crowd(room: Room): Promise<{ sent: number; refusal: string }> {
  for (let sent = 0; sent < 200; sent++) {
    const answer = await (await room.newcomer()).call('send_message', `I am number ${sent}`);
    if (answer.status !== 200) return { sent, refusal: answer.text };
  }
  throw new Error('nothing was refused');
}

describe('default limits of the room', () => {
  test('a room accepts 60 messages at once and then 20 per second from everyone together', async () => {
    const room = await openRoom({ limits: 'default' });
    expect(await crowd(room)).toEqual({
      sent: 60,
      refusal: 'Many people are writing right now. Try again in 0.1 seconds',
    });
    room.time.advance(SECOND);
    expect((await crowd(room)).sent).toBe(20);
    expect(textsIn(room)).toHaveLength(80);
  }, 120_000);

  test('a room accepts 30 new names per minute', async () => {
    const room = await openRoom({ limits: 'default' });
    const people = await Promise.all(Array.from({ length: 31 }, () => room.newcomer()));
    for (const [n, person] of people.slice(0, 30).entries()) {
      expect(await person.call('set_name', `Person ${n}`)).toEqual(OK);
    }
    expect(await people[30]?.call('set_name', 'Late')).toEqual(
      refused('Many people are choosing a name right now. Try again in 2 seconds'),
    );
    // Someone with a name may change it.
    expect(await people[0]?.call('set_name', 'Renamed')).toEqual(OK);
    room.time.advance(2.5 * SECOND);
    expect(await people[30]?.call('set_name', 'Late')).toEqual(OK);
  }, 120_000);
});

test('the owner sets the limits of the room and is exempt from them', async () => {
  const room = await openRoom();
  expect(await room.owner.call('set_room_limits', 1, 2, 0)).toEqual(OK);
  expect((await crowd(room)).sent).toBe(2);
  expect(await room.owner.call('send_message', 'Please slow down')).toEqual(OK);
  expect(await (await room.newcomer()).call('set_room_limits', 0, 0, 0)).toEqual(
    refused('Only the owner of the room may do this'),
  );
});
