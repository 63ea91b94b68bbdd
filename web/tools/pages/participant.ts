import { join, subscribe } from '../../../spacetimedb/test/server.ts';
import { database, type Site } from './site.ts';

/** A person in a room without a page, for tests that only need someone who writes or leaves. */
export interface Participant {
  /** Resolves when the server has stored the message. */
  write(text: string): Promise<void>;
  rename(name: string): Promise<void>;
  /** The messages with this text that have arrived since, in their order of arrival. */
  heard(text: string): readonly string[];
  leave(): Promise<void>;
}

/**
 * Joins a room with the official SDK, which costs far less than a second page.
 *
 * @param name stays without a name by default
 * @param room name of the database
 * @throws the SDK's error, or the server's reason to refuse the name
 */
export async function joinRoom(
  site: Pick<Site, 'url'>,
  name?: string,
  room: string = database,
): Promise<Participant> {
  const { origin, searchParams } = new URL(site.url);
  const uri = searchParams.get('uri') ?? origin;
  const person = await join({ uri, database: room, stop: () => Promise.resolve() });
  const { connection, leave } = person;
  const arrived: string[] = [];
  await subscribe(person, 'SELECT * FROM message');
  connection.db.message.onInsert((_, { text }) => arrived.push(text));
  const rename = (name: string): Promise<void> => connection.reducers.setName({ name });
  if (name !== undefined) await rename(name);
  return {
    write: (text) => connection.reducers.sendMessage({ text }),
    rename,
    heard: (text) => arrived.filter((heard) => heard.includes(text)),
    leave,
  };
}
