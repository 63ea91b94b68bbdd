/** People who use the official SDK over a socket: for tests that need someone else, but not a second page. */
import { vi } from 'vitest';
import '../../../spacetimedb/test/setup.ts';
import { join, subscribe, userOf, type Person } from '../../../spacetimedb/test/server.ts';
import { database, type Site } from './site.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };

export class SdkPerson {
  readonly #site: Pick<Site, 'url'>;
  #person: Person;

  /** Connects a new person. */
  static async join(site: Pick<Site, 'url'>, name?: string): Promise<SdkPerson> {
    const person = new SdkPerson(site, await connect(site));
    if (name !== undefined) await person.#person.connection.reducers.setName({ name });
    return person;
  }

  private constructor(site: Pick<Site, 'url'>, person: Person) {
    this.#site = site;
    this.#person = person;
  }

  /** Connects again, as the same person, after the server was away. */
  async reconnect(): Promise<void> {
    if (!this.#person.connection.isActive)
      this.#person = await connect(this.#site, { token: this.#person.token });
  }

  async write(text: string): Promise<void> {
    await this.#person.connection.reducers.sendMessage({ text });
  }

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
  async seesLeave(name: string): Promise<void> {
    await vi.waitFor(() => {
      const user = [...this.#person.connection.db.user.iter()].find((row) => row.name === name);
      if (user?.online !== false) throw new Error(`${name} is still online.`);
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

async function connect({ url }: Pick<Site, 'url'>, options: { token?: string } = {}): Promise<Person> {
  const person = await join({ uri: url, database, stop: () => Promise.resolve() }, options);
  await subscribe(person, 'SELECT * FROM user', 'SELECT * FROM message', 'SELECT * FROM reaction');
  return person;
}
