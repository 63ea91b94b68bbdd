/**
 * A TCP proxy that simulates bad networks. TCP prevents reordering and loss within a connection, but data can be split
 * differently, arrive late or only in one direction, or get lost because the connection broke, and one connection can
 * overtake another.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dice } from './dice.ts';

/** The faults of one connection. Byte counts start at its beginning, per direction. */
interface Fate {
  /** Both sides see the connection break after this many bytes in one direction. */
  readonly cut: Readonly<Record<Direction, number>>;
  /** From this byte on, nothing is forwarded in that direction, and neither side notices. */
  readonly stall: Readonly<Record<Direction, number>>;
  /** Does a break reset the connection instead of ending it? */
  readonly isReset: boolean;
  /** The probability that a chunk is delayed, and the longest delay in milliseconds. */
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
 * The most that a connection is delayed in one direction in total, in milliseconds. Data of a connection that the
 * client gave up must not reach the host after the data of its next connection.
 */
const MOST_DELAY = 300;

/** About the bytes of a few calls, or of the answers to a few queries. */
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

/** A client's connection and the matching connection to the host. */
class Link {
  readonly #client: Socket;
  readonly #host: Socket;
  readonly #fate: Fate;
  readonly #dice: Dice;
  /** What the held data waits for, see `hold`. */
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
    // Data of a client that left is lost with its connection.
    client.on('close', () => {
      if (!this.#keepsLate) this.#host.destroy();
      else void up.then(() => this.#host.end());
    });
    this.#host.on('close', () => {
      // On a stalled connection the client does not learn that the host is gone.
      if (!this.#stalled.has('down')) client.destroy();
    });
  }

  /** Holds what the client sends until `gate` resolves, even if the client leaves before. */
  hold(gate: Promise<void>): void {
    this.#gate = gate;
    this.#keepsLate = true;
  }

  /** Is the connection half open? */
  get isStalled(): boolean {
    return this.#stalled.size > 0;
  }

  /** Makes the connection half open. */
  stall(direction: Direction): void {
    this.#stalled.add(direction);
  }

  /** Stops the faults. A half-open connection stays half open. */
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
          // Half open: data is accepted but not forwarded.
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
      // The connection broke; the `close` handler deals with it.
    }
  }

  /** TCP does not preserve the boundaries of writes, so nothing may depend on them. */
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

  /** Listens on a free port of this machine, without faults at first. */
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

  /** Adds faults to new connections. */
  harm(): void {
    this.#isFaulty = true;
  }

  /** Stops all faults. Half-open connections stay half open. */
  heal(): void {
    this.#isFaulty = false;
    for (const link of this.#links) link.calm();
  }

  /** Makes some connections half open, as when a router forgets them. */
  stallSome(dice: Dice): void {
    for (const link of this.#links) if (dice.chance(0.5)) link.stall(dice.chance(0.5) ? 'up' : 'down');
  }

  /** Makes all current connections half open: clients receive nothing more, not even the end of the connection. */
  silence(): void {
    for (const link of this.#links) link.stall('down');
  }

  /** Number of half-open connections. */
  get stalled(): number {
    return [...this.#links].filter(({ isStalled }) => isStalled).length;
  }

  breakAll(): void {
    for (const link of this.#links) link.break();
  }

  /**
   * Holds what clients send on the current connections. @returns a function that forwards it to the host, which may
   * have forgotten the connections
   */
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
