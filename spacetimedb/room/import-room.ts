import { messageProblem, nameProblem } from '../src/rules.ts';
import { importDetails } from './details.ts';
import type { Message, Person, RoomFile } from './room-file.ts';
import { identity, micros, type RoomServer } from './room-server.ts';

/** The maximum number of people or messages per call, and the approximate number of bytes. */
const BATCH_COUNT = 500;
const BATCH_BYTES = 256 * 1024;

export interface ImportOptions {
  /** Do names stay with their identities? See the reducer `import_people`. */
  readonly reserveNames: boolean;
  /** Called with a line about the progress. */
  readonly progress?: (line: string) => void;
}

export interface Imported {
  readonly people: number;
  readonly messages: number;
  /** Violations of the room's rules, one sentence each. */
  readonly skipped: readonly string[];
}

/**
 * Imports a room, as its owner, into a database with this repository's module. An interrupted import can be repeated:
 * existing rows stay unchanged.
 *
 * @throws {Error} with the server's message when it refuses
 */
export async function importRoom(
  server: RoomServer,
  room: RoomFile,
  { reserveNames, progress = () => undefined }: ImportOptions,
): Promise<Imported> {
  if (!server.reducers.has('import_messages')) {
    throw new Error('the module there cannot import: publish the module of this repository there first');
  }
  const skipped: string[] = [];
  const people = room.people.map((person) => checkedPerson(person, skipped));
  for (const batch of batches(people, 'people', progress)) {
    const rows = batch.map(({ identity: id, name }) => [
      identity.toJson(id),
      name === null ? [1, []] : [0, name],
    ]);
    await server.call('import_people', [rows, reserveNames]);
  }
  const messages = room.messages.filter((message) => isAllowed(message, skipped));
  for (const batch of batches(messages, 'messages', progress)) {
    const rows = batch.map(({ sender, sent, text }) => [identity.toJson(sender), micros.toJson(sent), text]);
    await server.call('import_messages', [rows]);
  }
  await importDetails(server, room, (items, what) => batches(items, what, progress));
  for (const [reducer, values] of Object.entries(room.settings)) {
    await server.call(reducer, Object.values(values));
  }
  await importStanding(server, room);
  return { people: people.length, messages: messages.length, skipped };
}

function checkedPerson(person: Person, skipped: string[]): Person {
  const problem = person.name === null ? undefined : nameProblem(person.name);
  if (problem === undefined) return person;
  skipped.push(`the name ${JSON.stringify(person.name)}: ${problem}`);
  return { ...person, name: null };
}

function isAllowed({ sender, text }: Message, skipped: string[]): boolean {
  const problem = messageProblem(text);
  if (problem !== undefined) skipped.push(`a message by ${sender}: ${problem}`);
  return problem === undefined;
}

function* batches<Item>(
  items: readonly Item[],
  what: string,
  progress: (line: string) => void,
): Generator<readonly Item[]> {
  let batch: Item[] = [];
  let bytes = 0;
  let done = 0;
  for (const item of items) {
    const size = JSON.stringify(item).length;
    if (batch.length === BATCH_COUNT || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      done += batch.length;
      progress(`${done} of ${items.length} ${what}`);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
  progress(`${items.length} of ${items.length} ${what}`);
}

async function importStanding(server: RoomServer, room: RoomFile): Promise<void> {
  const idsIn = async (table: string) =>
    new Set((await server.rows(table, ['identity'])).map(([subject]) => identity.fromJson(subject)));
  const [staff, banned, muted] = [await idsIn('staff'), await idsIn('ban'), await idsIn('mute')];
  for (const id of room.moderators) {
    if (!staff.has(id)) await server.call('appoint_moderator', [identity.toJson(id)]);
  }
  for (const { identity: id, reason } of room.bans) {
    if (!banned.has(id)) await server.call('ban_user', [identity.toJson(id), reason]);
  }
  for (const { identity: id, until, reason } of room.mutes) {
    const seconds = Math.ceil((until / 1000 - Date.now()) / 1000);
    if (seconds > 0 && !muted.has(id)) await server.call('mute_user', [identity.toJson(id), seconds, reason]);
  }
}
