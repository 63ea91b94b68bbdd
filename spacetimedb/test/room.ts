/**
 * A room on its own embedded host, with a clock that moves only on request: for tests of the owner's settings and of
 * time.
 */
import path from 'node:path';
import { ManualTime, bundleModule, startHost, type StartHostOptions } from 'spacetimedb-host';
import { onTestFinished } from 'vitest';
import type { ServerUnderTest } from './server.ts';

/** The answer to a call over HTTP. `text` is the module's own when it refuses. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export const OK: Answer = { status: 200, text: '' };

/** The answer to a `SenderError`. */
export function refused(text: string): Answer {
  return { status: 530, text };
}

/** A person who calls over HTTP. Each call is a connection. */
export interface Caller {
  /** Hex. */
  readonly identity: string;
  readonly token: string;
  call(reducer: string, ...args: unknown[]): Promise<Answer>;
}

export interface Room extends ServerUnderTest {
  readonly time: ManualTime;
  readonly owner: Caller;
  newcomer(): Promise<Caller>;
  /** The same person in another room on the same data. */
  again(known: Caller): Caller;
  /** The same person with reducer calls that bypass the network, for tests with many calls. */
  inProcess(known: Caller): Caller;
  /** The rows that a query returns to the owner. */
  sql(statement: string): readonly (readonly unknown[])[];
  /** The last lines of the log, of any level. */
  logs(): string[];
}

export const MODULE = path.resolve(import.meta.dirname, '..');

/** For each call that has a time limit, `node:vm` starts a thread, which takes longer than most calls. */
export const WITHOUT_TIME_LIMIT = { callMillis: Infinity };

let program: Promise<string> | undefined;

/** The room's module, bundled once per process. */
export function chatProgram(): Promise<string> {
  program ??= bundleModule(MODULE);
  return program;
}

/** Arguments of `set_flood_limits` that remove all limits. */
export const NO_LIMITS = {
  burst: 0,
  per_minute: 0,
  newcomer_burst: 0,
  newcomer_per_minute: 0,
  newcomer_minutes: 0,
  repeats: 0,
  connections: 0,
};

/** Arguments of `set_room_limits` that remove all limits. */
export const NO_ROOM_LIMITS = { messages_per_second: 0, message_burst: 0, names_per_minute: 0 };

/** Opens a room, without limits unless `limits` sets some. It closes at the end of the test. */
export async function openRoom(
  options: Omit<Partial<StartHostOptions>, 'limits'> & {
    readonly limits?: Partial<typeof NO_LIMITS> | 'default';
    readonly time?: ManualTime;
  } = {},
): Promise<Room> {
  const { limits = {}, time = new ManualTime(), ...hostOptions } = options;
  const host = await startHost({
    program: await chatProgram(),
    name: 'room',
    time,
    ...hostOptions,
    limits: WITHOUT_TIME_LIMIT,
  });
  onTestFinished(() => host.stop());
  if (limits !== 'default') {
    const set = host.call('set_flood_limits', { ...NO_LIMITS, ...limits });
    if (set.tag !== 'ok') throw new Error(set.message);
    host.call('set_room_limits', NO_ROOM_LIMITS);
  }
  const caller = (identity: string, token: string): Caller => ({
    identity,
    token,
    call: async (reducer, ...args) => {
      const answer = await fetch(`${host.uri}/v1/database/room/call/${reducer}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(args),
      });
      return { status: answer.status, text: await answer.text() };
    },
  });
  const newcomer = async () => {
    const answer = await fetch(`${host.uri}/v1/identity`, { method: 'POST' });
    const { identity, token } = (await answer.json()) as { identity: string; token: string };
    return caller(identity, token);
  };
  return {
    uri: host.uri,
    database: 'room',
    time,
    owner: caller(identityIn(host.ownerToken), host.ownerToken),
    newcomer,
    again: ({ identity, token }) => caller(identity, token),
    inProcess: ({ identity, token }) => ({
      identity,
      token,
      call: async (name, ...args) => {
        const answer = host.as(identity).call(name, args);
        // Procedures run in a thread, so those calls need no shortcut.
        if (answer.tag === 'no_such_reducer') return caller(identity, token).call(name, ...args);
        if (answer.tag === 'ok') return OK;
        return answer.tag === 'sender_error'
          ? refused(answer.message)
          : { status: 500, text: answer.message };
      },
    }),
    sql: (statement) => host.sql(statement).rows,
    logs: () => host.logs().map(({ message }) => message),
    stop: () => host.stop(),
  };
}

/** The identity of a token. */
function identityIn(token: string): string {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(claims) as { hex_identity: string }).hex_identity;
}

/** The name of a person. */
export function nameOf(room: Room, { identity }: Caller): unknown {
  return room.sql(`SELECT name FROM user WHERE identity = 0x${identity}`)[0]?.[0];
}

/** The texts of all messages, oldest first. */
export function textsIn(room: Room): string[] {
  return room
    .sql('SELECT sent, text FROM message')
    .map(([sent, text]) => [micros(sent), text as string] as const)
    .sort(([a], [b]) => Number(a - b))
    .map(([, text]) => text);
}

/** Microseconds since the Unix epoch. */
export function micros(timestamp: unknown): bigint {
  return (timestamp as { microsSinceUnixEpoch: bigint }).microsSinceUnixEpoch;
}
