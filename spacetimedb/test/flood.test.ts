import { describe, expect, test, vi } from 'vitest';
import { OK, NO_LIMITS, openRoom, refused, textsIn, type Caller, type Room } from './room.ts';
import { join } from './server.ts';

/**
 * Each transaction takes at least a microsecond even if the clock stands still, so the tests below use half seconds.
 */
const SECOND = 1000;

const slowDown = (wait: string): string => `Slow down a little. Try again in ${wait}`;

/** Sends until a message is refused. */
async function sendMany(person: Caller): Promise<{ sent: number; refusal: string }> {
  for (let sent = 0; sent < 100; sent++) {
    const answer = await person.call('send_message', `number ${sent} of ${Math.random()}`);
    if (answer.status !== 200) return { sent, refusal: answer.text };
  }
  throw new Error('nothing was refused');
}

/** A person who is no longer a newcomer. */
async function regular(room: Room): Promise<Caller> {
  const person = await room.newcomer();
  await person.call('send_message', 'I am new here');
  room.time.advance(6 * 60 * SECOND);
  return person;
}

describe('default limits', () => {
  test('a newcomer may choose a name and send 11 messages at once, then 40 a minute', async () => {
    const room = await openRoom({ limits: 'default' });
    const person = await room.newcomer();
    expect(await person.call('set_name', 'Ann')).toEqual(OK);
    expect(await sendMany(person)).toEqual({ sent: 11, refusal: slowDown('1.5 seconds') });
    room.time.advance(1.05 * SECOND);
    expect(await person.call('send_message', 'now?')).toEqual(refused(slowDown('0.5 seconds')));
    room.time.advance(0.5 * SECOND);
    expect(await person.call('send_message', 'now!')).toEqual(OK);
    room.time.advance(240 * SECOND);
    expect((await sendMany(person)).sent).toBe(12);
    room.time.advance(15 * SECOND);
    expect((await sendMany(person)).sent).toBe(10);
  });

  test('after five minutes a person may send 20 messages at once, then one per second', async () => {
    const room = await openRoom({ limits: 'default' });
    const person = await regular(room);
    expect(await sendMany(person)).toEqual({ sent: 20, refusal: slowDown('1 second') });
    room.time.advance(SECOND);
    expect((await sendMany(person)).sent).toBe(1);
  });

  test('name changes and messages share one limit', async () => {
    const room = await openRoom({ limits: 'default' });
    const person = await room.newcomer();
    for (const name of ['A', 'B', 'C']) expect(await person.call('set_name', name)).toEqual(OK);
    expect((await sendMany(person)).sent).toBe(9);
    expect(await person.call('set_name', 'D')).toEqual(refused(slowDown('1.5 seconds')));
  });

  test("one person's limit does not slow down others", async () => {
    const room = await openRoom({ limits: 'default' });
    await sendMany(await room.newcomer());
    expect(await (await room.newcomer()).call('send_message', 'hello')).toEqual(OK);
  });

  test('refused messages do not count', async () => {
    const room = await openRoom({ limits: 'default' });
    const person = await room.newcomer();
    for (let n = 0; n < 20; n++) expect((await person.call('send_message', ' ')).status).toBe(530);
    expect((await sendMany(person)).sent).toBe(12);
    for (let n = 0; n < 20; n++) await person.call('send_message', 'too fast');
    room.time.advance(1.6 * SECOND);
    expect(await person.call('send_message', 'in time')).toEqual(OK);
  });
});

describe('repetitions', () => {
  const tooOften = (seconds: number) =>
    refused(`You just sent that. Wait ${seconds} seconds to send it again`);

  test('the same text may be sent three times in a row within a minute', async () => {
    const room = await openRoom({ limits: { repeats: 3 } });
    const person = await room.newcomer();
    for (const text of ['Buy now!', 'BUY  NOW!', 'buy now! ']) {
      expect(await person.call('send_message', text)).toEqual(OK);
    }
    room.time.advance(20.5 * SECOND);
    expect(await person.call('send_message', 'Buy now!')).toEqual(tooOften(40));
    room.time.advance(40 * SECOND);
    expect(await person.call('send_message', 'Buy now!')).toEqual(OK);
  });

  test('another text resets the count of repetitions', async () => {
    const room = await openRoom({ limits: { repeats: 1 } });
    const person = await room.newcomer();
    for (const text of ['ok', 'yes', 'ok']) expect(await person.call('send_message', text)).toEqual(OK);
    expect(await person.call('send_message', 'ok')).toEqual(tooOften(60));
  });

  test('the same text by someone else is not a repetition', async () => {
    const room = await openRoom({ limits: { repeats: 1 } });
    for (let n = 0; n < 3; n++) {
      expect(await (await room.newcomer()).call('send_message', 'hello')).toEqual(OK);
    }
  });
});

test('each identity has its own limit of connections', async () => {
  const room = await openRoom({ limits: { connections: 2 } });
  const first = await join(room);
  const second = await join(room, { token: first.token });
  // The real server also drops the WebSocket without a message.
  await expect(join(room, { token: first.token })).rejects.toThrow();
  const overHttp = await fetch(`${room.uri}/v1/database/room/call/send_message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${first.token}` },
    body: '["hello"]',
  });
  expect(overHttp.status).toBe(403);
  expect(await overHttp.text()).toBe('You are already connected 2 times. Close one of your windows first');
  const other = await join(room);
  await second.leave();
  await vi.waitFor(() => expect(room.sql('SELECT * FROM live_connection')).toHaveLength(2));
  const again = await join(room, { token: first.token });
  await Promise.all([first.leave(), again.leave(), other.leave()]);
});

describe('set_flood_limits', () => {
  test('the owner sets the limits at once and for everyone', async () => {
    const room = await openRoom({ limits: 'default' });
    const person = await room.newcomer();
    await sendMany(person);
    expect(await room.owner.call('set_flood_limits', Object.values(NO_LIMITS))).toMatchObject({
      status: 400,
    });
    expect(await room.owner.call('set_flood_limits', ...Object.values(NO_LIMITS))).toEqual(OK);
    for (let n = 0; n < 30; n++) expect(await person.call('send_message', `again ${n}`)).toEqual(OK);
    expect(textsIn(room)).toHaveLength(42);
    expect(await room.owner.call('set_flood_limits', 1, 60, 1, 60, 0, 0, 0)).toEqual(OK);
    room.time.advance(60 * SECOND);
    expect((await sendMany(person)).sent).toBe(1);
  });

  test('only the owner sets the limits', async () => {
    const room = await openRoom();
    const person = await room.newcomer();
    const answer = await person.call('set_flood_limits', ...Object.values(NO_LIMITS));
    expect(answer).toEqual(refused('Only the owner of the room may do this'));
  });
});
