import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ManualTime, startHost, type StartHostOptions, type StartedHost } from '../index.ts';
import { bundleSource } from '../testing/module-source.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

/** Records every call of its scheduled reducer. */
const ALARMS = `
  import { schema, table, t, ScheduleAt, SenderError } from 'spacetimedb/server';
  const alarm = table(
    { name: 'alarm', public: true, scheduled: () => ring },
    { id: t.u64().primaryKey().autoInc(), at: t.scheduleAt(), label: t.string() },
  );
  const ringing = table({ name: 'ringing', public: true }, {
    id: t.u64().primaryKey().autoInc(), label: t.string(), at: t.timestamp(), sender: t.identity(), connected: t.bool(),
  });
  const spacetimedb = schema({ alarm, ringing });
  export default spacetimedb;
  export const ring = spacetimedb.reducer({ row: alarm.rowType }, (ctx, { row }) => {
    if (row.label === 'broken') throw new Error('it does not ring');
    if (row.label === 'refused') throw new SenderError('not now');
    ctx.db.ringing.insert({
      id: 0n, label: row.label, at: ctx.timestamp, sender: ctx.sender, connected: ctx.connectionId !== null,
    });
    if (row.label === 'again') ctx.db.alarm.id.update({ ...row, label: 'once more' });
    if (row.label === 'cancels itself') ctx.db.alarm.id.delete(row.id);
  });
  export const set_at = spacetimedb.reducer({ label: t.string(), at: t.i64() }, (ctx, { label, at }) => {
    ctx.db.alarm.insert({ id: 0n, at: ScheduleAt.time(at), label });
  });
  export const set_every = spacetimedb.reducer({ label: t.string(), micros: t.i64() }, (ctx, { label, micros }) => {
    ctx.db.alarm.insert({ id: 0n, at: ScheduleAt.interval(micros), label });
  });
  export const set_and_fail = spacetimedb.reducer({ at: t.i64() }, (ctx, { at }) => {
    ctx.db.alarm.insert({ id: 0n, at: ScheduleAt.time(at), label: 'never' });
    throw new SenderError('changed my mind');
  });
  export const move = spacetimedb.reducer({ label: t.string(), at: t.i64() }, (ctx, { label, at }) => {
    for (const row of ctx.db.alarm.iter()) {
      if (row.label === label) ctx.db.alarm.id.update({ ...row, at: ScheduleAt.time(at) });
    }
  });
  export const stop = spacetimedb.reducer((ctx) => { for (const row of ctx.db.alarm.iter()) ctx.db.alarm.id.delete(row.id); });
  export const set_too_far = spacetimedb.reducer({ at: t.i64() }, (ctx, { at }) => {
    try {
      ctx.db.alarm.insert({ id: 0n, at: ScheduleAt.time(at), label: 'far' });
    } catch (error) {
      throw new SenderError(error.constructor.name);
    }
  });
  export const init = spacetimedb.init((ctx) => {
    ctx.db.alarm.insert({ id: 0n, at: ScheduleAt.time(ctx.timestamp.microsSinceUnixEpoch + 1_000_000n), label: 'first' });
  });
`;

const NOON = Date.UTC(2026, 0, 1, 12) * 1000;
const SECOND = 1_000_000;

let program: string;
beforeAll(async () => {
  program = await bundleSource(ALARMS);
});

async function setUp(
  options: Partial<StartHostOptions> = {},
): Promise<{ host: StartedHost; time: ManualTime }> {
  const time = new ManualTime(NOON);
  const host = await startHost({ program, name: 'alarms', time, ...options });
  onTestFinished(() => host.stop());
  return { host, time };
}

/** The recorded calls, in seconds since noon with two digits. */
function rung(host: StartedHost): [label: string, seconds: number][] {
  const { rows } = host.sql('SELECT label, at FROM ringing');
  return rows
    .map(([label, at]): [string, number] => [label as string, secondsOf(at as Timestamp)])
    .sort(([, a], [, b]) => a - b);
}

interface Timestamp {
  readonly microsSinceUnixEpoch: bigint;
}

function secondsOf({ microsSinceUnixEpoch }: Timestamp): number {
  return Math.round((Number(microsSinceUnixEpoch) - NOON) / 10_000) / 100;
}

function planned(host: StartedHost): unknown[] {
  return host.sql('SELECT label FROM alarm').rows.flat();
}

describe('rows that run once', () => {
  test('a row that runs once calls its reducer with itself as the database, and is then deleted', async () => {
    const { host, time } = await setUp();
    time.advance(900);
    expect(rung(host)).toEqual([]);
    time.advance(200);
    expect(rung(host)).toEqual([['first', 1]]);
    const [sender, connected] = host.sql('SELECT sender, connected FROM ringing').rows[0] ?? [];
    expect(String(sender)).toContain(host.identity);
    expect(connected).toBe(false);
    expect(planned(host)).toEqual([]);
    time.advance(10_000);
    expect(rung(host)).toEqual([['first', 1]]);
  });

  test('a row in the past runs soon', async () => {
    const { host, time } = await setUp();
    host.call('set_at', ['late', NOON - 5 * SECOND]);
    expect(rung(host)).toEqual([]);
    time.advance(0);
    expect(rung(host)).toEqual([['late', 0]]);
  });

  test.each(['broken', 'refused'])(
    'a row that runs once is deleted even if its call fails: %s',
    async (label) => {
      const { host, time } = await setUp();
      host.call('set_at', [label, NOON + 2 * SECOND]);
      time.advance(3000);
      expect(rung(host)).toEqual([['first', 1]]);
      expect(planned(host)).toEqual([]);
      expect(
        host.logs().some(({ function: name, message }) => name === 'ring' && /ring|now/.test(message)),
      ).toBe(true);
    },
  );

  test('a row that runs once is deleted even if its call changed its time', async () => {
    const { host, time } = await setUp();
    host.call('set_at', ['again', NOON + 2 * SECOND]);
    time.advance(5000);
    expect(rung(host)).toEqual([['first', 1], ['again', 2]]); // prettier-ignore
    expect(planned(host)).toEqual([]);
  });

  test('a row deleted before its time does not run', async () => {
    const { host, time } = await setUp();
    host.call('stop');
    expect(time.pending).toBe(0);
    time.advance(5000);
    expect(rung(host)).toEqual([]);
  });

  test('a row of a rolled-back transaction does not run', async () => {
    const { host, time } = await setUp();
    expect(host.call('set_and_fail', [NOON]).tag).toBe('sender_error');
    time.advance(5000);
    expect(rung(host)).toEqual([['first', 1]]);
  });

  test('a row whose time changes runs only at the new time, earlier or later', async () => {
    const { host, time } = await setUp();
    host.call('set_at', ['sooner', NOON + 9 * SECOND]);
    host.call('set_at', ['later', NOON + 2 * SECOND]);
    host.call('move', ['sooner', NOON + 3 * SECOND]);
    host.call('move', ['later', NOON + 8 * SECOND]);
    time.advance(20_000);
    expect(rung(host)).toEqual([['first', 1], ['sooner', 3], ['later', 8]]); // prettier-ignore
  });
});

describe('rows that repeat', () => {
  test.each([2, -2])('a row that repeats runs every %s seconds from when it was set', async (seconds) => {
    const { host, time } = await setUp();
    time.advance(500);
    host.call('set_every', ['tick', seconds * SECOND]);
    time.advance(6100);
    expect(rung(host).filter(([label]) => label === 'tick')).toEqual([['tick', 2.5], ['tick', 4.5], ['tick', 6.5]]); // prettier-ignore
    expect(planned(host)).toEqual(['tick']);
  });

  test('a row that repeats continues after a failed call', async () => {
    const { host, time } = await setUp();
    host.call('set_every', ['broken', SECOND]);
    time.advance(3500);
    expect(planned(host)).toEqual(['broken']);
    expect(host.logs().filter(({ level }) => level === 'Panic')).toHaveLength(3);
  });

  test('a row that repeats stops when it is deleted, even by its own call', async () => {
    const { host, time } = await setUp();
    host.call('set_every', ['cancels itself', SECOND]);
    time.advance(5000);
    expect(rung(host).filter(([label]) => label === 'cancels itself')).toHaveLength(1);
    expect(planned(host)).toEqual([]);
    expect(time.pending).toBe(0);
  });
});

test('a time more than about two years ahead is refused with an error that the module may catch', async () => {
  const { host } = await setUp();
  const limit = NOON + (2 ** 36 - 1) * 1000;
  expect(host.call('set_too_far', [limit + SECOND])).toEqual({
    tag: 'sender_error',
    message: 'ScheduleAtDelayTooLong',
  });
  expect(host.call('set_too_far', [limit - SECOND])).toMatchObject({ tag: 'ok' });
});

test('only the owner can call a scheduled reducer', async () => {
  const { host } = await setUp();
  const url = `${host.uri}/v1/database/alarms/call/ring`;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify([
    { id: 7, at: { Interval: { __time_duration_micros__: 5 } }, label: 'by hand' },
  ]);
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(404);
  const asOwner = { ...headers, authorization: `Bearer ${host.ownerToken}` };
  expect((await fetch(url, { method: 'POST', headers: asOwner, body })).status).toBe(200);
  expect(rung(host).map(([label]) => label)).toEqual(['by hand']);
});

test('after a restart a missed row runs once and then continues', async () => {
  const dataDir = await temporaryFolder();
  const { host: first, time } = await setUp({ dataDir });
  first.call('set_every', ['tick', 2 * SECOND]);
  first.call('set_at', ['missed', NOON + 3 * SECOND]);
  await first.stop();
  expect(time.pending).toBe(0);

  time.advance(60_000);
  const { host: second } = await setUp({ dataDir, time });
  expect(rung(second)).toEqual([]);
  time.advance(0);
  expect(rung(second)).toEqual([['first', 60], ['missed', 60]]); // prettier-ignore
  // A row that repeats starts again.
  time.advance(5000);
  expect(rung(second).slice(2)).toEqual([['tick', 62], ['tick', 64]]); // prettier-ignore
});

test(
  'what became due while the machine slept runs soon after, although timers stopped',
  { timeout: 120_000 },
  async () => {
    /** Like the machine's time, with timers of five seconds at most. */
    class Machine extends ManualTime {
      override wake(delayMs: number, run: () => void): () => void {
        return super.wake(Math.min(delayMs, 5000), run);
      }
    }
    const time = new Machine(NOON);
    const { host } = await setUp({ time });
    host.call('set_at', ['morning', NOON + 8 * 3600 * SECOND]);
    time.advance(2000);
    time.setWallClock(NOON + 9 * 3600 * SECOND);
    time.advance(5000);
    expect(rung(host).map(([label]) => label)).toEqual(['first', 'morning']);
  },
);

test('schedules run in time after the clock was set back', { timeout: 120_000 }, async () => {
  const { host, time } = await setUp();
  time.setWallClock(NOON - 24 * 3600 * SECOND);
  host.call('set_every', ['tick', 10 * SECOND]);
  // At half speed until the wall clock has caught up.
  time.advance(21_000);
  expect(rung(host)).toEqual([['first', 1], ['tick', 10]]); // prettier-ignore
});

test('a new version of the module keeps the schedule', async () => {
  const { host, time } = await setUp();
  host.call('set_every', ['tick', 2 * SECOND]);
  const newer = await bundleSource(ALARMS.replace('label: row.label, at:', "label: 'new ' + row.label, at:"));
  await fetch(`${host.uri}/v1/database/alarms?host_type=Js`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${host.ownerToken}` },
    body: newer,
  }).then((answer) => expect(answer.status).toBe(200));
  time.advance(3000);
  expect(rung(host).map(([label]) => label)).toEqual(['new first', 'new tick']);
});

test("schedules run with the machine's time too", async () => {
  const host = await startHost({ program, name: 'alarms' });
  onTestFinished(() => host.stop());
  host.call('set_every', ['tick', 1000]);
  await expect.poll(() => rung(host).length).toBeGreaterThan(3);
});

describe('ManualTime', () => {
  test('ManualTime runs what is due at the exact time that it moves to, however busy the database was', async () => {
    const { host, time } = await setUp();
    time.advance(1000);
    host.call('set_every', ['minute', 60 * SECOND]);
    host.call('set_at', ['then', NOON + 61 * SECOND]);
    for (let n = 0; n < 2000; n++) host.call('move', ['nobody', 0]);
    time.advance(60_000);
    expect(rung(host).map(([label]) => label)).toEqual(['first', 'then', 'minute']);
    time.advance(60_000);
    expect(rung(host).map(([label]) => label)).toEqual(['first', 'then', 'minute', 'minute']);
  });

  test('moving ManualTime ends even if a schedule has no interval', async () => {
    const { host, time } = await setUp();
    host.call('set_every', ['at once', 0]);
    host.call('set_every', ['nearly at once', 1]);
    time.advance(50);
    const { length } = rung(host);
    expect(length).toBeGreaterThanOrEqual(90);
    expect(length).toBeLessThanOrEqual(110);
    expect(host.call('stop')).toMatchObject({ tag: 'ok' });
    time.advance(50);
    expect(rung(host)).toHaveLength(length);
  });
});
