import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { ReducerDef, TableDef } from '../schema/module-def.ts';
import { scheduleOf } from '../datastore/schedule-at.ts';
import { rowWithId, type ScheduledRow } from './scheduler.ts';

interface ScheduledCalls {
  reducerFor(table: TableDef): ReducerDef | undefined;
  /** Calls a reducer as the database, in its own transaction. @param args BSATN */
  call(reducer: ReducerDef, args: Uint8Array): void;
  /** Deletes a row in its own transaction. */
  deleteRow(table: Table, row: Row): void;
}

/**
 * Runs a scheduled row if it still exists. A row that runs only once is then deleted, even if its call failed.
 *
 * @returns the row after the call, if it has to run again
 */
export function runScheduled({ table, id }: ScheduledRow, calls: ScheduledCalls): Row | undefined {
  const due = rowWithId(table, id);
  const reducer = calls.reducerFor(table.def);
  if (!due || !reducer) return undefined;
  // The only argument is the row.
  calls.call(reducer, due.bytes);
  const left = rowWithId(table, id);
  if (!left || scheduleOf(table.def, left).kind === 'repeated') return left;
  calls.deleteRow(table, left);
  return undefined;
}
