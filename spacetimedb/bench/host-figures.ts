/** Durations in milliseconds. */
export interface Throughput {
  readonly perSecond: number;
  /** From a call to its answer, which comes when the message is on disk. */
  readonly p50: number;
  readonly p99: number;
  /** How much of one processor core the host took; `NaN` where the system does not say. */
  readonly hostCpu: number;
  /** The same of the process with all the clients. */
  readonly clientCpu: number;
}

export interface FanOut {
  readonly p50: number;
  readonly p99: number;
}

export interface Inserts {
  /** One call in memory: its transaction, without a network or a disk. */
  readonly call: number;
  /** The same on disk, until the call returns; the disk is waited for later. */
  readonly stored: number;
}

export interface Start {
  /** From `startHost` with a program that is bundled already until it takes connections. */
  readonly ms: number;
  /** Megabytes of memory that the process then has. */
  readonly memory: number;
}

export interface HostFigures {
  /** By number of clients. */
  readonly throughput: Readonly<Record<string, Throughput>>;
  readonly fanOut: FanOut;
  /** By number of messages that are there already. */
  readonly inserts: Readonly<Record<string, Inserts>>;
  /** By number of messages. */
  readonly starts: Readonly<Record<string, Start>>;
}
