import fc from 'fast-check';
import { deepEqual, Identity } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { createChat, type ChatMessage } from '../src/chat/index.ts';
import { commit, expectSameObjects, soon, transaction, type Transaction } from './arbitraries.ts';
import { FakeServer, type Message, type Row, type User } from './fake-server.ts';
import { record, setUp } from './set-up.ts';

type Step =
  | { readonly do: 'send'; readonly text: string }
  | { readonly do: 'retry' | 'discard'; readonly which: number }
  | { readonly do: 'others'; readonly transaction: Transaction }
  | { readonly do: 'silence' | 'drop' | 'restore' | 'leave' | 'return' };

/** The server refuses this one. */
const BAD = 'bad';
/** How many messages may wait while there is no connection. */
const SIZE = 2;

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('send'), text: fc.constantFrom('a', 'b', BAD) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('retry', 'discard'), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('others'), transaction }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('silence', 'drop', 'restore', 'restore', 'leave', 'return') }),
  },
) as fc.Arbitrary<Step>;

/** A message of ours that the server may not have. */
interface Letter {
  /** Known once it was first shown. */
  key: string | undefined;
  readonly text: string;
  /** `flight`: sent and unanswered. `lost`: unanswered when the connection was lost. */
  at: 'flight' | 'queue' | 'lost' | 'failed';
  error?: string;
  /** When it was sent, by the clock of both sides. */
  readonly sent: number;
  /** Whether the connection was lost before it was answered. */
  unknown?: boolean;
  /** The index of its last promise. */
  readonly promise: number;
}

/** Faults that have occurred. */
const examples: [Step[]][] = [
  [[{ do: 'send', text: BAD }, { do: 'discard', which: 0 }, { do: 'leave' }, { do: 'return' }]],
  [[{ do: 'drop' }, { do: 'leave' }, { do: 'return' }, { do: 'send', text: 'a' }, { do: 'restore' }]],
  [
    [
      { do: 'silence' },
      { do: 'send', text: 'a' },
      { do: 'leave' },
      { do: 'drop' },
      { do: 'return' },
      { do: 'restore' },
    ],
  ],
  [
    [
      { do: 'silence' },
      { do: 'leave' },
      { do: 'send', text: 'a' },
      { do: 'drop' },
      { do: 'send', text: 'a' },
      { do: 'restore' },
      { do: 'return' },
    ],
  ],
];

const me = new Identity(1n);
const label = ({ name, identity }: Pick<User, 'name' | 'identity'>) =>
  name ?? identity.toHexString().slice(0, 8);

/** A model of what has to be shown, based on plain lists. `frames` are the lists that must be emitted, one by one. */
class Model {
  /** The state of the connection: `silent` if the server receives our messages, but we do not receive its answers. */
  link: 'up' | 'silent' | 'down' = 'up';
  watching = true;
  /** Whether the rows are shown, which is the case once they have first arrived. */
  filled = true;
  letters: Letter[] = [];
  /** The outcomes of the calls' promises. */
  readonly outcomes: string[] = [];
  frames: string[][] = [];
  /** The keys that our messages had while they were pending, by their row. */
  readonly keys = new Map<Message, string | undefined>();
  #users: User[] = [];
  #messages: Message[] = [];
  readonly #server: FakeServer;

  constructor(server: FakeServer) {
    this.#server = server;
    this.look();
  }

  /** Everything on the server has arrived. */
  look(messages: Iterable<Row> = this.#server.tables.message.values()): void {
    this.#users = [...this.#server.tables.user.values()] as User[];
    this.#messages = ([...messages] as Message[]).sort(
      (a, b) =>
        Number(a.sent.microsSinceUnixEpoch - b.sent.microsSinceUnixEpoch) ||
        Number(a.sender.__identity__ - b.sender.__identity__) ||
        a.text.length - b.text.length ||
        (a.text < b.text ? -1 : 1),
    );
  }

  get rows(): readonly Message[] {
    return this.#messages;
  }

  shown(): string[] {
    const author = (identity: Identity) => {
      const user = this.#users.find((user) => deepEqual(user.identity, identity));
      return `${identity.toHexString()} ${label(user ?? { identity, name: undefined })} ${user?.online ?? false}`;
    };
    return [
      ...(this.filled ? this.#messages : []).map(
        ({ sent, text, sender }) => `${sent.toDate().getTime()} ${text} by ${author(sender)} sent`,
      ),
      ...this.letters.map(
        ({ text, error }) => `${text} by ${author(me)} ${error ? `failed ${error}` : 'pending'}`,
      ),
    ];
  }

  frame(): void {
    const shown = this.shown();
    if (this.watching && !deepEqual(shown, this.frames.at(-1))) this.frames.push(shown);
  }

  fail(letter: Letter, error: string): void {
    letter.at = 'failed';
    letter.error = error;
    this.outcomes[letter.promise] = error;
  }

  /** The server answers a call; afterwards it has these messages. */
  answer(letter: Letter, messages: readonly Row[] | undefined): void {
    if (letter.text === BAD) this.fail(letter, 'ReducerError');
    else {
      const before = new Set(this.#messages);
      this.look(messages);
      const row = this.#messages.find((row) => !before.has(row) && row.text === letter.text);
      this.arrive(letter, row as Message);
    }
    this.frame();
  }

  arrive(letter: Letter, row: Message): void {
    this.letters = this.letters.filter((other) => other !== letter);
    if (this.watching) this.keys.set(row, letter.key);
    if (this.outcomes[letter.promise] === 'unsettled') this.outcomes[letter.promise] = 'sent';
  }

  /** Finds lost messages among the rows that are new to us. */
  find(known: ReadonlySet<Message>): void {
    for (const row of [...(this.#server.tables.message.values() as Iterable<Message>)]) {
      const time = row.sent.toDate().getTime();
      const letter = this.letters.find(
        ({ at, unknown, sent, text }) =>
          unknown && text === row.text && (at === 'lost' || time > sent - 60_000),
      );
      if (letter && deepEqual(row.sender, me) && !known.has(row)) this.arrive(letter, row);
    }
  }

  drop(): void {
    this.link = 'down';
    for (const letter of this.letters.filter(({ at }) => at === 'flight')) {
      letter.unknown = true;
      if (this.watching && this.filled) letter.at = 'lost';
      else this.fail(letter, 'UnknownOutcomeError');
    }
    this.frame();
  }

  /** The connection is back, with all rows: the new ones decide the outcome of lost messages. */
  sync(): void {
    this.link = 'up';
    const before = new Set(this.#messages);
    this.look();
    if (!this.watching) return;
    this.find(this.filled ? before : new Set());
    this.filled = true;
    for (const letter of this.letters) if (letter.at === 'lost') this.fail(letter, 'NotConnectedError');
    this.frame();
  }
}

function look({ sent, text, author, status, error, mine }: ChatMessage): string {
  expect(mine).toBe(deepEqual(author.identity, me));
  return status === 'sent'
    ? `${sent.getTime()} ${text} by ${author.id} ${author.label} ${author.online} sent`
    : `${text} by ${author.id} ${author.label} ${author.online} ${status}${error ? ` ${error.name}` : ''}`;
}

it('shows each message of ours once, as soon as it is written, whatever happens to the connection', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const server = new FakeServer();
      const { onCall } = server;
      /** The messages after each call. */
      const handled: Row[][] = [];
      server.onCall = (call) => {
        const answer = call.text === BAD ? { error: 'No' } : onCall(call);
        handled.push([...server.tables.message.values()]);
        return answer;
      };
      server.insertUser({ identity: me, name: 'Me' });
      const backoff = { minDelayMs: 1e6, maxDelayMs: 1e6 };
      const { connection } = setUp({ backoff, environment: { now: () => server.clock } }, server);
      const chat = createChat(connection, { maxQueued: SIZE });
      record(chat.users);
      let watcher = record(chat.messages);
      const ready = () => vi.waitFor(() => expect(chat.messages.status.get().status).toBe('ready'), soon);
      await ready();
      const model = new Model(server);
      const outcomes: string[] = [];
      const rowKeys = new Map<Message, string>();

      /** Follows a call, and returns the index of its promise. */
      const follow = (promise: Promise<void>): number => {
        const index = model.outcomes.push('unsettled') - 1;
        outcomes[index] = 'unsettled';
        promise.then(
          () => (outcomes[index] = 'sent'),
          (error: Error) => (outcomes[index] = error.name),
        );
        return index;
      };
      /** Models a message that was just posted under `key`. */
      const post = async (promise: Promise<void>, text: string, key: string | undefined): Promise<void> => {
        const calls = handled.length;
        const waiting = model.letters.filter(({ at }) => at === 'queue').length;
        const letter: Letter = { key, text, at: 'flight', sent: server.clock, promise: follow(promise) };
        model.letters.push(letter);
        model.frame();
        if (model.link !== 'down') await vi.waitFor(() => expect(handled).toHaveLength(calls + 1), soon);
        if (model.link === 'up') model.answer(letter, handled.at(-1));
        else if (model.link === 'down' && waiting < SIZE) letter.at = 'queue';
        else if (model.link === 'down') {
          model.fail(letter, 'NotConnectedError');
          model.frame();
        }
      };

      for (const step of steps) {
        server.clock += 10 * 60_000;
        const seen = { watcher, count: watcher.values.length };
        const held = [...model.letters, ...[...model.keys.values()].map((key) => ({ key }))];
        const discarded = new Set<string | undefined>();
        model.frames = model.watching ? [model.shown()] : [];
        let exact = true;
        const letter = 'which' in step ? model.letters[step.which % model.letters.length] : undefined;
        const handle = ({ key }: Letter) =>
          chat.messages.get().find((message) => message.key === key) as ChatMessage;

        if (step.do === 'send') {
          const promise = chat.sendMessage(step.text);
          await post(promise, step.text, model.watching ? chat.messages.get().at(-1)?.key : undefined);
        } else if (step.do === 'retry' && letter && model.watching) {
          const promise = chat.retry(handle(letter));
          if (letter.at === 'failed') {
            model.letters = model.letters.filter((other) => other !== letter);
            await post(promise, letter.text, letter.key);
          }
        } else if (step.do === 'discard' && letter && model.watching) {
          chat.discard(handle(letter));
          model.letters = model.letters.filter((other) => other !== letter);
          discarded.add(letter.key);
          if (letter.at !== 'failed') model.outcomes[letter.promise] = 'AbortError';
          model.frame();
        } else if (step.do === 'others') {
          commit(server, step.transaction);
          if (model.link === 'up') model.look();
          model.frame();
        } else if (step.do === 'silence' && model.link === 'up') {
          model.link = 'silent';
          server.socket.onmessage = null;
        } else if (step.do === 'drop' && model.link !== 'down') {
          server.socket.drop();
          model.drop();
          await vi.waitFor(() => expect(connection.status.get().status).toBe('reconnecting'), soon);
        } else if (step.do === 'restore' && model.link === 'down') {
          const calls = handled.length;
          const queue = model.letters.filter(({ at }) => at === 'queue');
          // A refusal is not a transaction, and may be reported after the next transaction.
          exact = model.filled && !queue.some(({ text }) => text === BAD);
          connection.retry();
          // The rows arrive first, without newer messages, and then the answers.
          model.sync();
          await vi.waitFor(() => expect(chat.users.status.get().status).toBe('ready'), soon);
          if (model.watching) await ready();
          await vi.waitFor(() => {
            for (const { promise } of queue) expect(outcomes[promise]).not.toBe('unsettled');
          }, soon);
          for (const [i, letter] of queue.entries()) model.answer(letter, handled.slice(calls)[i]);
        } else if (step.do === 'leave' && model.watching) {
          watcher.stop();
          await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('idle'), soon);
          for (const letter of model.letters)
            if (letter.at === 'lost') model.fail(letter, 'UnknownOutcomeError');
          model.watching = false;
          model.filled = false;
          model.keys.clear();
          rowKeys.clear();
          continue;
        } else if (step.do === 'return' && !model.watching) {
          watcher = record(chat.messages);
          for (const [i, letter] of model.letters.entries()) letter.key ??= chat.messages.get()[i]?.key;
          model.watching = true;
          model.frames = [];
          model.frame();
          if (model.link === 'up') {
            await ready();
            model.find(new Set());
            model.filled = true;
            model.frame();
          }
        }

        await vi.waitFor(() => {
          expect(outcomes).toEqual(model.outcomes);
          if (model.watching) expect(chat.messages.get().map(look)).toEqual(model.shown());
        }, soon);
        if (!model.watching) continue;
        const fresh = watcher.values.slice(watcher === seen.watcher ? seen.count - 1 : 0);
        const told = fresh.map((list) => list.map(look));
        // Until all rows have first arrived, our earlier messages are shown in their current state. They may be the
        // only ones.
        const shownBefore = new Set(fresh[0]?.map(({ key }) => key));
        const isPart = (index: number): boolean =>
          index > 0 && index < fresh.length - 1 && !!fresh[index]?.every(({ key }) => shownBefore.has(key));
        const fills =
          step.do === 'return'
            ? told.filter((list, i) => !isPart(i) && (isPart(i - 1) || !deepEqual(list, told[i - 1])))
            : told;
        if (exact) expect(fills).toEqual(model.frames);
        for (const [i, list] of fresh.entries()) {
          const keys = list.map(({ key }) => key);
          expect(new Set(keys).size).toBe(keys.length);
          if (i === 0) continue;
          expectSameObjects(fresh[i - 1], list);
          for (const { key } of held) if (!discarded.has(key)) expect(keys).toContain(key);
        }
        if (model.filled) {
          for (const [i, row] of model.rows.entries()) {
            const { key } = chat.messages.get()[i] as ChatMessage;
            expect(key).toBe(model.keys.get(row) ?? rowKeys.get(row) ?? key);
            rowKeys.set(row, key);
          }
        }
      }
      connection.close();
    }),
    { numRuns: 300, endOnFailure: false, examples },
  );
}, 120_000);
