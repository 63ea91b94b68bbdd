/**
 * A TCP proxy between clients and a host that does to connections what bad networks do. Bytes within one connection cannot
 * be reordered or lost, TCP sees to that; what can be is that they come in other pieces, late, only in one direction, or
 * not at all because the connection broke, and that one connection gets ahead of another.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dice } from './dice.ts';

/** What happens to one connection. Amounts of bytes count from its start, in one direction. */
interface Fate {
  /** Both sides see the connection break once so many bytes went in one direction. */
  readonly cut: Readonly<Record<Direction, number>>;
  /** From here on nothing more goes in that direction, and neither side is told. */
  readonly stall: Readonly<Record<Direction, number>>;
  /** Whether a break is a reset and no orderly end. */
  readonly isReset: boolean;
  /** How likely a piece waits before it goes on, and how long at most. Milliseconds. */
  readonly delays: number;
  readonly longestDelay: number;
}

type Direction = 'up' | 'down';

const NO_FAULTS: Fate = {
  cut: { up: Infinity, down: Infinity },
  stall: { up: Infinity, down: Infinity },
  isReset: false,
  delays: 0,
  longestDelay: 0,
};

/**
 * No connection is held up for longer in one direction, all delays together: what a client still had on its way when it
 * gave up a connection must not reach the host behind what it sends on the next one. Milliseconds.
 */
const MOST_DELAY = 300;

/** As many bytes as a few calls have, or the answers to a few queries. */
const SOON: Readonly<Record<Direction, number>> = { up: 3_000, down: 20_000 };

function drawFate(dice: Dice): Fate {
  const fates = { up: Infinity, down: Infinity };
  const at = (share: number): Record<Direction, number> => {
    if (!dice.chance(share)) return { ...fates };
    const direction = dice.chance(0.5) ? 'up' : 'down';
    return { ...fates, [direction]: dice.below(SOON[direction]) };
  };
  return {
    cut: at(0.5),
    stall: at(0.4),
    isReset: dice.chance(0.5),
    delays: dice.chance(0.5) ? 0.3 : 0,
    longestDelay: 1 + dice.below(dice.chance(0.2) ? 200 : 20),
  };
}

/** One connection of a client, and the one to the host that belongs to it. */
class Link {
  readonly #client: Socket;
  readonly #host: Socket;
  readonly #fate: Fate;
  readonly #dice: Dice;
  /** What waits at the gate, see `hold`. */
  #gate: Promise<void> | undefined;
  #keepsLate = false;
  #isCalm = false;
  readonly #stalled = new Set<Direction>();

  constructor(client: Socket, hostPort: number, fate: Fate, dice: Dice) {
    this.#client = client;
    this.#fate = fate;
    this.#dice = dice;
    this.#host = connect({ port: hostPort, host: 'localhost' });
    for (const socket of [client, this.#host]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
    }
    const up = this.#pump('up', client, this.#host);
    void this.#pump('down', this.#host, client);
    // What a client that left had still on its way is lost with its connection.
    client.on('close', () => {
      if (!this.#keepsLate) this.#host.destroy();
      else void up.then(() => this.#host.end());
    });
    this.#host.on('close', () => {
      // That the host has gone is no more heard of than anything else that it says.
      if (!this.#stalled.has('down')) client.destroy();
    });
  }

  /** Holds what the client sends until `gate`, even when the client has left by then. */
  hold(gate: Promise<void>): void {
    this.#gate = gate;
    this.#keepsLate = true;
  }

  /** Whether it is half open. */
  get isStalled(): boolean {
    return this.#stalled.size > 0;
  }

  /** Has it half open from now on. */
  stall(direction: Direction): void {
    this.#stalled.add(direction);
  }

  /** Nothing more happens to it. One that is half open stays so. */
  calm(): void {
    this.#isCalm = true;
  }

  break(): void {
    if (!this.#fate.isReset) {
      this.#client.destroy();
      this.#host.destroy();
      return;
    }
    this.#client.resetAndDestroy();
    this.#host.resetAndDestroy();
  }

  async #pump(direction: Direction, from: Socket, to: Socket): Promise<void> {
    let passed = 0;
    let delayed = 0;
    const { cut, stall, delays, longestDelay } = this.#fate;
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (const piece of this.#piecesOf(chunk)) {
          if (!this.#isCalm && delayed < MOST_DELAY && this.#dice.chance(delays)) {
            const delay = this.#dice.below(longestDelay);
            delayed += delay;
            await wait(delay);
          }
          if (direction === 'up') await this.#gate;
          // Half open: the sender's bytes are taken, and go nowhere.
          if (this.#stalled.has(direction)) continue;
          const end = this.#isCalm ? Infinity : Math.min(cut[direction], stall[direction]);
          const part = piece.subarray(0, end - passed);
          passed += part.length;
          if (part.length > 0 && !to.destroyed && !to.write(part)) {
            await Promise.race([once(to, 'drain'), once(to, 'close')]);
          }
          if (passed < end) continue;
          if (cut[direction] <= stall[direction]) return this.break();
          this.stall(direction);
        }
      }
    } catch {
      // The connection broke; its `close` does what there is to do.
    }
  }

  /** Where the pieces begin and end means nothing in TCP, and must mean nothing to anybody. */
  *#piecesOf(chunk: Buffer): Iterable<Buffer> {
    let rest = chunk;
    while (rest.length > 1 && this.#fate !== NO_FAULTS && this.#dice.chance(0.5)) {
      const at = 1 + this.#dice.below(rest.length - 1);
      yield rest.subarray(0, at);
      rest = rest.subarray(at);
    }
    yield rest;
  }
}

export class FaultyProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #dice: Dice;
  readonly #hostPort: number;
  #isFaulty = false;
  #count = 0;

  /** Listens on a free port of this machine, and does no harm yet. */
  static async open(hostPort: number, dice: Dice): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(hostPort, dice);
    proxy.#server.listen(0, 'localhost');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(hostPort: number, dice: Dice) {
    this.#hostPort = hostPort;
    this.#dice = dice;
    this.#server = createServer((client) => {
      const own = this.#dice.fork(String(this.#count++));
      const link = new Link(client, this.#hostPort, this.#isFaulty ? drawFate(own) : NO_FAULTS, own);
      this.#links.add(link);
      client.on('close', () => this.#links.delete(link));
    });
  }

  get uri(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on new connections have faults. */
  harm(): void {
    this.#isFaulty = true;
  }

  /** From now on nothing more happens to any connection. Those that are half open stay so. */
  heal(): void {
    this.#isFaulty = false;
    for (const link of this.#links) link.calm();
  }

  /** Has some of the connections half open, as when a router forgets them. */
  stallSome(dice: Dice): void {
    for (const link of this.#links) if (dice.chance(0.5)) link.stall(dice.chance(0.5) ? 'up' : 'down');
  }

  /** Has all connections of now half open: clients hear nothing more on them, not even that they end. */
  silence(): void {
    for (const link of this.#links) link.stall('down');
  }

  /** How many connections are half open. */
  get stalled(): number {
    return [...this.#links].filter(({ isStalled }) => isStalled).length;
  }

  breakAll(): void {
    for (const link of this.#links) link.break();
  }

  /** Holds what clients send on the connections of now. @returns lets it go on, to the host that may have forgotten them */
  hold(): () => void {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    for (const link of this.#links) link.hold(gate);
    return letGo;
  }

  async close(): Promise<void> {
    this.breakAll();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
