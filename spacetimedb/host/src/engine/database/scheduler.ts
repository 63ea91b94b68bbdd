import { createOrderedMap } from '../datastore/ordered-map.ts';
import type { MicrosecondClock } from './clock.ts';
import { firstTick, nextTick, scheduleOf } from '../datastore/schedule-at.ts';
import type { TimeSource } from './time-source.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { CommittedTransaction } from '../datastore/transaction.ts';

/** A row of a scheduled table, by its primary key. */
export interface ScheduledRow {
  readonly table: Table;
  readonly id: bigint;
}

interface Planned extends ScheduledRow {
  /** When it is due, in microseconds. */
  readonly at: number;
  /** Rows due at the same time run in the order in which they were scheduled. */
  readonly sequence: number;
}

/** A row's call. */
export interface ScheduledRun {
  /** The row after the call, if it has to run again. */
  readonly again?: Row;
  /** For a procedure: settles when the procedure has ended. Until then, the same row does not start it again. */
  readonly ended?: Promise<unknown>;
}

/** Runs a row's reducer, or starts its procedure. */
export type RunScheduled = (scheduled: ScheduledRow) => ScheduledRun;

/** After this many calls, the event loop gets a turn. */
const BATCH = 64;

/**
 * Calls scheduled reducers when they are due (crates/core/src/host/scheduler.rs). The rows are the source of truth:
 * the queue is rebuilt from them at every start, and a row that was deleted does not run.
 */
export class Scheduler {
  readonly #time: TimeSource;
  readonly #clock: MicrosecondClock;
  readonly #run: RunScheduled;
  readonly #queue = createOrderedMap<Planned, Planned>((a, b) => a.at - b.at || a.sequence - b.sequence);
  readonly #byRow = new Map<string, Planned>();
  #sequence = 0;
  #isRunning = false;
  /** Counts the starts. */
  #start = 0;
  #cancelWake: () => void = () => undefined;

  constructor(time: TimeSource, clock: MicrosecondClock, run: RunScheduled) {
    this.#time = time;
    this.#clock = clock;
    this.#run = run;
  }

  /** Schedules all rows. Overdue rows run soon, but never before this returns. */
  start(datastore: Datastore): void {
    this.stop();
    this.#start++;
    this.#isRunning = true;
    const now = this.#clock.now();
    for (const table of datastore.tables) {
      if (!table.def.schedule) continue;
      for (const row of table.committed.rows.values()) this.#planRow(table, row, now);
    }
    this.#arm();
  }

  /** Schedules the rows that a transaction added or changed, and removes the deleted ones. */
  follow({ changes }: CommittedTransaction): void {
    if (!this.#isRunning) return;
    const scheduled = changes.filter(({ table }) => table.def.schedule);
    if (scheduled.length === 0) return;
    const now = this.#clock.now();
    for (const { table, inserts, deletes } of scheduled) {
      for (const row of deletes) this.#forget({ table, id: idOf(table, row) });
      for (const row of inserts) this.#planRow(table, row, now);
    }
    this.#arm();
  }

  /** Clears the queue. The rows stay for the next start. */
  stop(): void {
    this.#isRunning = false;
    this.#cancelWake();
    this.#queue.clear();
    this.#byRow.clear();
  }

  #planRow(table: Table, row: Row, now: number): void {
    this.#plan({ table, id: idOf(table, row) }, firstTick(scheduleOf(table.def, row), now));
  }

  #plan({ table, id }: ScheduledRow, at: number): void {
    this.#forget({ table, id });
    const planned = { table, id, at, sequence: this.#sequence++ };
    this.#byRow.set(keyOf(planned), planned);
    this.#queue.set(planned, planned);
  }

  #forget(scheduled: ScheduledRow): void {
    const key = keyOf(scheduled);
    const planned = this.#byRow.get(key);
    if (!planned) return;
    this.#queue.delete(planned);
    this.#byRow.delete(key);
  }

  #arm(): void {
    this.#cancelWake();
    const next = this.#queue.minKey();
    if (!next || !this.#isRunning) return;
    // Rounded up, because waking early would only mean waiting again. Uses the database's clock, which is ahead of
    // the wall clock after that was set back.
    const delayMs = Math.max(0, Math.ceil((next.at - this.#clock.now()) / 1000));
    this.#cancelWake = this.#time.wake(delayMs, () => {
      this.#runDue();
      this.#arm();
    });
  }

  #runDue(): void {
    const now = this.#clock.now();
    for (let n = 0; n < BATCH && this.#isRunning; n++) {
      const next = this.#queue.minKey();
      if (!next || next.at > now) return;
      this.#forget(next);
      this.#runOne(next);
    }
  }

  #runOne(planned: Planned): void {
    const { again, ended } = this.#run(planned);
    if (!again) return;
    const schedule = scheduleOf(planned.table.def, again);
    if (schedule.kind === 'once') return;
    const at = nextTick(planned.at, schedule.interval, this.#clock.now());
    if (!ended) return this.#planAgain(planned, at);
    const start = this.#start;
    void ended.finally(() => {
      // Every start plans all rows.
      if (this.#start !== start || !rowWithId(planned.table, planned.id)) return;
      this.#planAgain(planned, at);
      this.#arm();
    });
  }

  #planAgain(scheduled: ScheduledRow, at: number): void {
    // The call itself may have changed its row.
    if (this.#isRunning && !this.#byRow.has(keyOf(scheduled))) this.#plan(scheduled, at);
  }
}

/** The row of a table with this primary key. */
export function rowWithId({ def, committed }: Table, id: bigint): Row | undefined {
  const position = def.indexes.findIndex(
    ({ columns }) => columns.length === 1 && columns[0] === def.primaryKey,
  );
  const [row] = committed.indexes[position]?.point([id]) ?? [];
  return row;
}

function idOf({ def }: Table, row: Row): bigint {
  return row.columns[def.primaryKey ?? -1] as bigint;
}

function keyOf({ table, id }: ScheduledRow): string {
  return `${table.id} ${id}`;
}
