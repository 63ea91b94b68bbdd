import fc from 'fast-check';
import { Identity } from 'spacetimedb';
import { expect, it, vi } from 'vitest';
import { createChat } from '../src/chat/index.ts';
import { spans, type Span } from '../src/chat/window.ts';
import { expectSameObjects, soon, START } from './arbitraries.ts';
import { FakeServer, type Message } from './fake-server.ts';
import { record, setUp } from './set-up.ts';

type Step =
  | { readonly do: 'older' | 'break' | 'leave' }
  | { readonly do: 'forget'; readonly keep: number }
  | { readonly do: 'write'; readonly age: number }
  | { readonly do: 'delete'; readonly which: number };

const DAY = 86_400_000;
const PAGE = 3;
const ann = new Identity(3n);

/** Days, more of them close to now. */
const age = fc.oneof(fc.nat(3), fc.nat(60), fc.nat(1_000));
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('older', 'older', 'older', 'break', 'leave') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('forget'), keep: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('write'), age }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete'), which: fc.nat(99) }) },
) as fc.Arbitrary<Step>;

/** A model of how far back messages are shown, based on the list of all spans. */
class Window {
  readonly all: readonly Span[] = [...spans(START, DAY)];
  /** The number of shown spans. */
  open = 0;
  #goal = PAGE;
  readonly #server: FakeServer;

  constructor(server: FakeServer) {
    this.#server = server;
    this.fill();
  }

  shown(open = this.open): string[] {
    const from = this.all[open - 1]?.from ?? -Infinity;
    return ([...this.#server.tables.message.values()] as Message[])
      .filter(({ sent }) => sent.toDate().getTime() >= from)
      .map(({ text }) => text)
      .sort();
  }

  get reachedStart(): boolean {
    return this.open === this.all.length;
  }

  /** Shows spans until there are enough messages. */
  fill(goal = this.#goal): void {
    this.#goal = goal;
    if (this.open === 0) this.open = 1;
    while (!this.reachedStart && this.shown().length < goal) this.open++;
  }

  forget(keep: number): boolean {
    const enough = Math.max(keep, PAGE);
    const before = this.open;
    while (this.open > 1 && this.shown(this.open - 1).length >= enough) this.open--;
    if (this.open < before) this.#goal = enough;
    return this.open < before;
  }
}

it('shows exactly the requested spans, in full, and releases the rows of unloaded ones', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(age, { maxLength: 40 }),
      fc.array(step, { maxLength: 15 }),
      async (ages, steps) => {
        const server = new FakeServer();
        let count = 0;
        // The texts are in the order of the times.
        const write = (days: number): void => {
          const sent = START - days * DAY - count++;
          server.insertMessage(ann, `${sent}`.padStart(15, '0'), sent);
        };
        ages.forEach(write);
        server.insertUser({ identity: ann, name: 'Ann' });
        const { connection } = setUp({ environment: { now: () => START } }, server);
        const chat = createChat(connection, { pageSize: PAGE });
        record(chat.users);
        let watcher = record(chat.messages);
        let model = new Window(server);
        const settled = () =>
          vi.waitFor(async () => {
            expect(chat.messages.status.get().status).toBe('ready');
            expect(chat.messages.get().map(({ text }) => text)).toEqual(model.shown());
            expect(chat.history.get()).toEqual({
              isLoading: false,
              reachedStart: model.reachedStart,
              hiddenCount: 0,
            });
            // The SDK keeps only the rows of these spans.
            const kept = await connection.call((db) => Promise.resolve([...db.db.message.iter()]));
            expect(kept.map(({ text }) => text).sort()).toEqual(model.shown());
          }, soon);
        await settled();

        for (const step of steps) {
          const before = watcher.values.length;
          const shown = model.shown();
          if (step.do === 'older') {
            model.fill(shown.length + PAGE);
            expect(await chat.loadOlder()).toBe(model.shown().length > shown.length);
          } else if (step.do === 'forget') {
            expect(chat.unloadOlder(step.keep)).toBe(model.forget(step.keep));
            expect(chat.messages.get().map(({ text }) => text)).toEqual(model.shown());
          } else if (step.do === 'write') {
            write(step.age);
          } else if (step.do === 'delete') {
            const rows = [...server.tables.message.values()];
            const row = rows[step.which % rows.length];
            if (row) server.commit({ message: { inserts: [], deletes: [row] } });
            model.fill();
          } else if (step.do === 'break') {
            const tries = server.sockets.length;
            server.socket.drop();
            await vi.waitFor(() => expect(server.sockets.length).toBeGreaterThan(tries), soon);
          } else {
            watcher.stop();
            await vi.waitFor(() => expect(chat.messages.status.get().status).toBe('idle'), soon);
            expect(chat.unloadOlder()).toBe(false);
            watcher = record(chat.messages);
            model = new Window(server);
            await settled();
            continue;
          }
          await settled();
          const fresh = watcher.values.slice(before - 1);
          const opened = model.shown().length - shown.length;
          const most = step.do === 'older' || step.do === 'delete' ? model.all.length : 1;
          expect(fresh.length - 1).toBeLessThanOrEqual(opened === 0 && step.do !== 'delete' ? 0 : most);
          for (const [i, list] of fresh.entries()) {
            if (i === 0) continue;
            expect(list.map(({ key }) => key)).not.toEqual(fresh[i - 1]?.map(({ key }) => key));
            expectSameObjects(fresh[i - 1], list);
          }
        }
        connection.close();
      },
    ),
    { numRuns: 150, endOnFailure: false },
  );
}, 120_000);
