import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { ReducerDef, TableDef } from '../schema/module-def.ts';
import { scheduleOf } from '../datastore/schedule-at.ts';
import { rowWithId, type ScheduledRow } from './scheduler.ts';

interface ScheduledCalls {
  reducerFor(table: TableDef): ReducerDef | undefined;
  /** Calls a reducer as the database itself, in a transaction of its own. @param args BSATN */
  call(reducer: ReducerDef, args: Uint8Array): void;
  /** Deletes a row in a transaction of its own. */
  deleteRow(table: Table, row: Row): void;
}

/**
 * Runs what is due, if its row is there still. A row that is due only once is deleted afterwards, even if its call
 * failed.
 *
 * @returns the row as the call left it, when it is to run again
 */
export function runScheduled({ table, id }: ScheduledRow, calls: ScheduledCalls): Row | undefined {
  const due = rowWithId(table, id);
  const reducer = calls.reducerFor(table.def);
  if (!due || !reducer) return undefined;
  // The one argument is the row.
  calls.call(reducer, due.bytes);
  const left = rowWithId(table, id);
  if (!left || scheduleOf(table.def, left).kind === 'repeated') return left;
  calls.deleteRow(table, left);
  return undefined;
}
