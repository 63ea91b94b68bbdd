/** Calls about messages over HTTP, and readers of the tables. */
import { expect } from 'vitest';
import { OK, micros, type Answer, type Caller, type Room } from './room.ts';

/** What identifies a message, as arguments of a call. */
export type MessageArgs = [sender: [string], sent: [number]];

/** The identity of a person, as an argument of a call. */
export const id = ({ identity }: Caller): [string] => [`0x${identity}`];

/** Sends a message. @returns what identifies it */
export async function say(room: Room, person: Caller, text: string): Promise<MessageArgs> {
  expect(await person.call('send_message', text)).toEqual(OK);
  return newestOf(room, person);
}

/** The newest message of a person. */
export function newestOf(room: Room, person: Caller): MessageArgs {
  const times = room
    .sql(`SELECT sent FROM message WHERE sender = 0x${person.identity}`)
    .map(([sent]) => micros(sent));
  return [id(person), [Number(times.sort((a, b) => Number(b - a))[0])]];
}

/** Someone without a name. Their calls need no network. */
export async function visitor(room: Room): Promise<Caller> {
  return room.inProcess(await room.newcomer());
}

/** Someone with a name. */
export async function named(room: Room, name: string): Promise<Caller> {
  const person = await visitor(room);
  expect(await person.call('set_name', name)).toEqual(OK);
  return person;
}

/** Rows of a table or view as the owner sees them, with identities and times as in arguments of calls. */
export function rows(room: Room, table: string, ...columns: readonly string[]): unknown[][] {
  const plain = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ('toHexString' in value) return `0x${(value as { toHexString(): string }).toHexString()}`;
    return 'microsSinceUnixEpoch' in value ? Number(micros(value)) : value;
  };
  return room.sql(`SELECT ${columns.join(', ')} FROM ${table}`).map((row) => row.map(plain));
}

/** The answer to a procedure that refuses. */
export function refusedByProcedure(text: string): Answer {
  return { status: 500, text: `The module instance encountered a fatal error: Uncaught ${text}` };
}

/** Calls a procedure. @returns its result as JSON */
export async function ask(person: Caller, procedure: string, ...args: unknown[]): Promise<unknown> {
  const { status, text } = await person.call(procedure, ...args);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return JSON.parse(text);
}

/** The content of every table, as text. */
export function everything(room: Room): string {
  return room
    .sql('SELECT table_name FROM st_table')
    .map(([table]) => String(table))
    .filter((table) => !table.startsWith('st_'))
    .map((table) =>
      JSON.stringify(room.sql(`SELECT * FROM ${table}`), (_key, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ),
    )
    .join('\n');
}
