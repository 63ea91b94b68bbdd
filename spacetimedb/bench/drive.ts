/**
 * The clients of `npm run bench -- host`, in their own process: official SDK clients with confirmed reads. `drive.ts
 * throughput URI DATABASE CLIENTS SECONDS HOST_PID` or `drive.ts fan-out URI DATABASE CLIENTS MESSAGES`. Prints JSON.
 */
import { setTimeout as wait } from 'node:timers/promises';
import '../test/setup.ts';
import { join, subscribe, type Person } from '../test/server.ts';
import { Histogram } from './histogram.ts';
import type { FanOut, Throughput } from './host-figures.ts';
import { cpuSeconds } from './process-figures.ts';

const [, , what, uri = '', database = '', clients, amount, hostPid] = process.argv;

/** Time before measuring, for compiling the code and waking the disk. */
const WARM_UP_MS = 1_000;

/** Each client sends its next message when the previous one is answered. */
async function throughput(people: readonly Person[], seconds: number): Promise<Throughput> {
  const answers = new Histogram();
  let isCounting = false;
  let isOver = false;
  const sending = people.map(async ({ connection }, client) => {
    for (let n = 0; !isOver; n++) {
      const called = performance.now();
      await connection.reducers.sendMessage({ text: `client ${client}, message ${n}` });
      if (isCounting) answers.record(performance.now() - called);
    }
  });
  await wait(WARM_UP_MS);
  const hostBefore = await cpuSeconds(Number(hostPid));
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  isCounting = true;
  await wait(seconds * 1000);
  isCounting = false;
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const hostCpu = (await cpuSeconds(Number(hostPid))) - hostBefore;
  isOver = true;
  await Promise.all(sending);
  return {
    perSecond: (answers.total / elapsed) * 1000,
    p50: answers.percentile(0.5),
    p99: answers.percentile(0.99),
    hostCpu: hostCpu / (elapsed / 1000),
    clientCpu: (user + system) / 1000 / elapsed,
  };
}

/** The time from a call until the last client has received the message. */
async function fanOut(people: readonly Person[], messages: number): Promise<FanOut> {
  const [first] = people;
  if (!first) throw new Error('A message needs a sender');
  let left = 0;
  let arrived: () => void = () => undefined;
  for (const person of people) {
    person.connection.db.message.onInsert(() => {
      if (--left === 0) arrived();
    });
    await subscribe(person, `SELECT * FROM message WHERE sent >= '${new Date().toISOString()}'`);
  }
  const times = new Histogram();
  for (let n = 0; n < messages + 10; n++) {
    left = people.length;
    const called = performance.now();
    await new Promise<void>((resolve, reject) => {
      arrived = resolve;
      first.connection.reducers.sendMessage({ text: `message ${n}` }).catch(reject);
    });
    // The first messages warm up the compiler.
    if (n >= 10) times.record(performance.now() - called);
  }
  return { p50: times.percentile(0.5), p99: times.percentile(0.99) };
}

const people: Person[] = [];
for (let n = 0; n < Number(clients); n++) {
  people.push(await join({ uri, database, stop: () => Promise.resolve() }, { compression: 'none' }));
}
console.log(JSON.stringify(await (what === 'throughput' ? throughput : fanOut)(people, Number(amount))));
process.exit(0);
