/**
 * Measures one subject at one size, in its own process: `measure.ts SUBJECT SIZE`. Prints the figures as JSON. The fake
 * server does its work before the clock starts: only the delivery of finished frames is timed.
 */
import { Identity, setGlobalLogLevel, Timestamp } from 'spacetimedb';
import { FakeServer, FakeSocket, type Message } from '../test/fake-server.ts';
import { annotation, insert as insertRow } from '../test/fake-features.ts';
import type { Figures } from './figures.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

const USERS = 50;
const ROUNDS = 60;

setGlobalLogLevel('error');

const [subject, size] = [process.argv[2] as Subject, Number(process.argv[3])];
const server = new FakeServer();
const users = Array.from({ length: USERS }, (_, n) => new Identity(1000n + BigInt(n)));
const start = server.clock - size;
let made = 0;

/** About 107 bytes on the wire, with a time in the past. */
function message(): Message {
  const n = made++;
  return {
    sender: users[n % USERS] as Identity,
    sent: Timestamp.fromDate(new Date(start + n)),
    text: `message number ${n}, which is about as long as most are`,
  };
}

function insert(rows: Message[]): void {
  server.commit({ message: { inserts: rows, deletes: [] } });
}

/** The frames that `act` would send: one for each transaction, or a shared one. */
function framesOf(act: () => void, inOneFrame = false): Uint8Array<ArrayBuffer>[] {
  const { socket } = server;
  const frames: Uint8Array<ArrayBuffer>[] = [];
  socket.deliver = (frame) => void frames.push(frame);
  server.holding = inOneFrame;
  act();
  server.release();
  socket.deliver = FakeSocket.prototype.deliver;
  return frames;
}

/** Milliseconds per frame. */
function timed(frames: Uint8Array<ArrayBuffer>[]): number[] {
  return frames.map((frame) => {
    const before = performance.now();
    server.socket.deliver(frame);
    return performance.now() - before;
  });
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

for (const [n, identity] of users.entries()) server.insertUser({ identity, name: `User ${n}` });
insert(Array.from({ length: size }, message));

server.holding = true;
const measured = SUBJECTS[subject](server);
await until(() => server.sockets[0]?.received.some(({ tag }) => tag === 'Subscribe') ?? false);
await until(() => server.log.length > 0);
const heapBefore = heap();
const snapshotStart = performance.now();
server.release();
await until(() => measured.length() >= size);
const snapshot = performance.now() - snapshotStart;
const heapPerRow = (heap() - heapBefore) / size;

const single = () => framesOf(() => insert([message()]))[0] as Uint8Array<ArrayBuffer>;
timed(Array.from({ length: 50 }, single));
const emissionsBefore = measured.emissions();
const oneRow = median(timed(Array.from({ length: ROUNDS }, single)));
const emissions = (measured.emissions() - emissionsBefore) / ROUNDS;
const total = (times: number[]) => times.reduce((sum, time) => sum + time, 0);
const hundred = median(Array.from({ length: 15 }, () => total(timed(Array.from({ length: 100 }, single)))));
const burst = median(
  Array.from({ length: 15 }).flatMap(() =>
    timed(framesOf(() => Array.from({ length: 100 }, () => insert([message()])), true)),
  ),
);
const thousandRows = median(
  [0, 1, 2].flatMap(() => timed(framesOf(() => insert(Array.from({ length: 1000 }, message))))),
);
const rename = median(
  [0, 1, 2].flatMap((n) =>
    timed(framesOf(() => server.updateUser(users[0] as Identity, { name: `Renamed ${n}` }))),
  ),
);

const newest = [...server.tables.message.values()].slice(-ROUNDS) as Message[];
const edit = median(
  timed(
    newest.flatMap((row, n) =>
      framesOf(() =>
        server.commit({
          message: { inserts: [{ ...row, text: `${row.text}, edited ${n}` }], deletes: [row] },
        }),
      ),
    ),
  ),
);

let reaction = NaN;
if (measured.watchDetails) {
  const told = await measured.watchDetails();
  const [before, lists] = [told(), measured.emissions()];
  const target = [...server.tables.message.values()].at(-1) as Message;
  const react = (n: number) =>
    framesOf(() =>
      insertRow(server, 'reaction', annotation(target, { person: users[n % USERS], emoji: `${n}` })),
    );
  reaction = median(timed(Array.from({ length: ROUNDS }).flatMap((_, n) => react(n))));
  if (told() - before !== ROUNDS || measured.emissions() !== lists)
    throw new Error('A reaction must be told to its message, once, and to nobody else');
}

const figures: Figures = {
  snapshot,
  oneRow,
  hundred,
  burst,
  thousandRows,
  rename,
  edit,
  reaction,
  emissions,
  heapPerRow,
};
console.log(JSON.stringify(figures));
process.exit(0);
