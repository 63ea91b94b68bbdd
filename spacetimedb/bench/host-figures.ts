/** Durations in milliseconds. */
export interface Throughput {
  readonly perSecond: number;
  /** From a call to its answer, which comes when the message is on disk. */
  readonly p50: number;
  readonly p99: number;
  /** Share of one processor core that the host used; `NaN` where the system does not report it. */
  readonly hostCpu: number;
  /** The same for the process with all clients. */
  readonly clientCpu: number;
}

export interface FanOut {
  readonly p50: number;
  readonly p99: number;
}

export interface Inserts {
  /** One call in memory: its transaction, without network and disk. */
  readonly call: number;
  /** The same with a data folder, until the call returns; the disk write follows later. */
  readonly stored: number;
}

export interface Start {
  /** From `startHost` with a bundled program until it accepts connections. */
  readonly ms: number;
  /** Memory of the process afterwards, in megabytes. */
  readonly memory: number;
}

export interface HostFigures {
  /** By number of clients. */
  readonly throughput: Readonly<Record<string, Throughput>>;
  readonly fanOut: FanOut;
  /** By number of existing messages. */
  readonly inserts: Readonly<Record<string, Inserts>>;
  /** By number of messages. */
  readonly starts: Readonly<Record<string, Start>>;
}
