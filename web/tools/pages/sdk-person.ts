/** People who use the official SDK over a socket: for tests that need someone else, but not a second page. */
import { vi } from 'vitest';
import '../../../spacetimedb/test/setup.ts';
import { join, subscribe, userOf, type Person } from '../../../spacetimedb/test/server.ts';
import { database, type Site } from './site.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };

interface Room {
  readonly uri: string;
  readonly database: string;
}

export class SdkPerson {
  readonly #room: Room;
  #person: Person;
  /** Texts of the messages that have arrived since, in their order of arrival. */
  readonly #arrived: string[] = [];

  /**
   * Connects a new person.
   *
   * @param name stays without a name by default
   * @param room name of the database
   * @throws the SDK's error, or the server's reason to refuse the name
   */
  static async join(site: Pick<Site, 'url'>, name?: string, room: string = database): Promise<SdkPerson> {
    const { origin, searchParams } = new URL(site.url);
    const at = { uri: searchParams.get('uri') ?? origin, database: room };
    const person = new SdkPerson(at, await connect(at));
    if (name !== undefined) await person.rename(name);
    return person;
  }

  private constructor(room: Room, person: Person) {
    this.#room = room;
    this.#person = person;
    this.#listen();
  }

  #listen(): void {
    this.#person.connection.db.message.onInsert((_, { text }) => this.#arrived.push(text));
  }

  /** Connects again, as the same person, after the server was away. */
  async reconnect(): Promise<void> {
    if (this.#person.connection.isActive) return;
    this.#person = await connect(this.#room, { token: this.#person.token });
    this.#listen();
  }

  async rename(name: string): Promise<void> {
    await this.#person.connection.reducers.setName({ name });
  }

  /** Resolves when the server has stored the message. */
  readonly write = async (text: string): Promise<void> => {
    await this.#person.connection.reducers.sendMessage({ text });
  };

  /** Reacts to the message with this text. */
  async react(text: string, emoji: string): Promise<void> {
    const { sender, sent } = await this.#message(text);
    await this.#person.connection.reducers.addReaction({ sender, sent, emoji });
  }

  /** Waits for a message that contains `text`. Returns its author's name. */
  async sees(text: string): Promise<string | undefined> {
    const { sender } = await this.#message(text);
    return userOf(this.#person, sender.toHexString())?.name;
  }

  /** The messages that contain `text` and have arrived since, in their order of arrival. */
  heard(text: string): readonly string[] {
    return this.#arrived.filter((heard) => heard.includes(text));
  }

  /** Waits until someone else has reacted to the message with this text. */
  async seesReaction(text: string): Promise<void> {
    const { connection, identity } = this.#person;
    const { sender, sent } = await this.#message(text);
    await vi.waitFor(() => {
      const others = [...connection.db.reaction.iter()].filter(
        (row) =>
          row.sent.microsSinceUnixEpoch === sent.microsSinceUnixEpoch &&
          row.sender.isEqual(sender) &&
          row.person.toHexString() !== identity,
      );
      if (others.length === 0) throw new Error(`Nobody else has reacted to: ${text}`);
    }, PATIENCE);
  }

  /** Waits until the person with this name is offline. */
  seesLeave(name: string): Promise<void> {
    return this.#seesOnline(name, false);
  }

  /** Waits until the person with this name is online again. */
  seesReturn(name: string): Promise<void> {
    return this.#seesOnline(name, true);
  }

  #seesOnline(name: string, online: boolean): Promise<void> {
    return vi.waitFor(() => {
      const user = [...this.#person.connection.db.user.iter()].find((row) => row.name === name);
      if (user?.online !== online) throw new Error(`${name} is still ${online ? 'offline' : 'online'}.`);
    }, PATIENCE);
  }

  #message(text: string) {
    return vi.waitFor(() => {
      const message = [...this.#person.connection.db.message.iter()].find((row) => row.text.includes(text));
      if (!message) throw new Error(`The message has not arrived: ${text}`);
      return message;
    }, PATIENCE);
  }

  async leave(): Promise<void> {
    if (this.#person.connection.isActive) await this.#person.leave();
  }
}

async function connect(room: Room, options: { token?: string } = {}): Promise<Person> {
  const person = await join({ ...room, stop: () => Promise.resolve() }, options);
  await subscribe(person, 'SELECT * FROM user', 'SELECT * FROM message', 'SELECT * FROM reaction');
  return person;
}
