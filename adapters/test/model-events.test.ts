import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { DbConnection, tables } from './module_bindings/index.ts';
import { connect, liveEvents, liveTable, memoryTokens, type Events } from '../src/index.ts';
import { soon } from './arbitraries.ts';
import { FakeServer, type Book, type Sale } from './fake-server.ts';
import './set-up.ts';

/** A transaction: a book that comes or goes, and sales. Tables are sets, so within one no two are alike. */
interface Transaction {
  readonly book: number | undefined;
  readonly sales: readonly { readonly bookId: number; readonly price: number }[];
}

type Step =
  | { readonly do: 'commit'; readonly burst: readonly Transaction[]; readonly gzip: boolean }
  | { readonly do: 'listen' | 'leave'; readonly listener: number }
  | { readonly do: 'break'; readonly meanwhile: readonly Transaction[] };

const transaction: fc.Arbitrary<Transaction> = fc.record({
  book: fc.option(fc.nat(2), { nil: undefined }),
  sales: fc.uniqueArray(fc.record({ bookId: fc.nat(2), price: fc.nat(2) }), {
    selector: ({ bookId, price }) => `${bookId} ${price}`,
    maxLength: 3,
  }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('commit'),
      burst: fc.array(transaction, { minLength: 1, maxLength: 4 }),
      gzip: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('listen', 'leave'), listener: fc.nat(7) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('break'), meanwhile: fc.array(transaction, { maxLength: 2 }) }),
  },
) as fc.Arbitrary<Step>;

/** What the kinds of listeners are told of. */
const hears: readonly ((sale: Sale) => boolean)[] = [
  () => true,
  ({ price }) => price > 0,
  ({ bookId }) => bookId === 1n,
  () => true,
];

/** A connection to a server with books, and sales as events; the kinds of events in the order of `hears`. */
function setUp() {
  const server = new FakeServer();
  const onError = vi.fn();
  const connection = connect(() => DbConnection.builder().withUri('http://a.example').withDatabaseName('a'), {
    connectOnServer: true,
    tokens: memoryTokens(),
    graceMs: 0,
    backoff: { minDelay: 1, maxDelay: 1 },
    environment: server.environment,
    onError,
  });
  const kinds: readonly Events<Sale>[] = [
    liveEvents(connection, tables.sale),
    liveEvents(connection, tables.sale, { filter: ({ price }) => price > 0 }),
    liveEvents(
      connection,
      tables.sale.where(({ bookId }) => bookId.eq(1n)),
    ),
    liveEvents(connection, 'SELECT * FROM sale', { table: 'sale' }),
  ];
  return { server, connection, onError, kinds, books: liveTable(connection, tables.book) };
}

/** An event with the number of books when it was told. */
type Told = Sale & { readonly books: number };

/** One transaction after the other; the rows of one have no order. */
function expectTold(told: readonly Told[], due: readonly (readonly Told[])[]): void {
  const ordered = (events: readonly Told[]) =>
    events.toSorted((a, b) => Number(a.bookId - b.bookId) || a.price - b.price);
  let start = 0;
  for (const events of due)
    expect(ordered(told.slice(start, (start += events.length)))).toEqual(ordered(events));
  expect(told).toHaveLength(start);
}

/**
 * Changes the server's tables.
 * @returns what those who listen to everything are told: each sale with the number of books right after it
 */
function commit(server: FakeServer, { book, sales }: Transaction): Told[] {
  const known = ([...server.tables.book.values()] as Book[]).find(({ id }) => id === BigInt(book ?? -1));
  const fresh = { id: BigInt(book ?? -1), authorId: 1, title: 'T', year: 2026 };
  const rows = sales.map(({ bookId, price }) => ({ bookId: BigInt(bookId), price }));
  server.commit({
    book: { inserts: known || book === undefined ? [] : [fresh], deletes: known ? [known] : [] },
    sale: { inserts: rows, deletes: [] },
  });
  return rows.map((row) => ({ ...row, books: server.tables.book.size }));
}

it('tells each event once, in order, to all who listen, when the stores show its transaction', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { server, connection, onError, kinds, books } = setUp();
      const stopBooks = books.subscribe(() => undefined);
      const listeners = new Map<number, { told: Told[]; due: Told[][]; stop: () => void }>();
      const ready = () =>
        vi.waitFor(() => {
          expect(books.state.get().phase).toBe('ready');
          expect(books.get()).toHaveLength(server.tables.book.size);
          for (const index of listeners.keys())
            expect(kinds[index % kinds.length]?.state.get().phase).toBe('ready');
        }, soon);
      await ready();
      let mark = 100;
      let throwing = 0;

      for (const step of steps) {
        if (step.do === 'listen' && !listeners.has(step.listener)) {
          const told: Told[] = [];
          const stop = (kinds[step.listener % kinds.length] as Events<Sale>).subscribe((sale) => {
            told.push({ ...sale, books: books.get().length });
            // Which harms nobody else.
            if (step.listener === 0) throw new Error('mine');
          });
          listeners.set(step.listener, { told, due: [], stop });
        } else if (step.do === 'leave') {
          listeners.get(step.listener)?.stop();
          listeners.delete(step.listener);
        } else if (step.do === 'commit') {
          server.holding = true;
          for (const socket of server.open) socket.gzip = step.gzip;
          // With a book at the end that tells that all has come.
          for (const transaction of [...step.burst, { book: mark++, sales: [] }]) {
            const events = commit(server, transaction);
            if (listeners.has(0)) throwing += events.length;
            for (const [index, { due }] of listeners)
              due.push(events.filter((event) => hears[index % hears.length]?.(event)));
          }
          server.release();
        } else if (step.do === 'break') {
          const tries = server.sockets.length;
          server.socket.drop();
          // What is told meanwhile is lost.
          for (const transaction of step.meanwhile) commit(server, transaction);
          await vi.waitFor(() => expect(server.sockets.length).toBeGreaterThan(tries), soon);
        }
        await vi.waitFor(() => {
          const last = BigInt(mark - 1);
          if (mark > 100) expect(books.get().map(({ id }) => id)).toContain(last);
        }, soon);
        await ready();
        for (const { told, due } of listeners.values()) expectTold(told, due);
        expect(onError).toHaveBeenCalledTimes(throwing);
      }

      for (const { stop } of listeners.values()) stop();
      stopBooks();
      await vi.waitFor(() => {
        expect(connection.status.get().state).toBe('idle');
        expect(server.open).toHaveLength(0);
      }, soon);
      connection.close();
    }),
    { numRuns: 150 },
  );
}, 120_000);
