import type { Row } from '../datastore/row.ts';
import type { Table } from '../datastore/table.ts';
import type { ProcedureDef, ReducerDef, TableDef } from '../schema/module-def.ts';
import { scheduleOf } from '../datastore/schedule-at.ts';
import { rowWithId, type ScheduledRow, type ScheduledRun } from './scheduler.ts';

interface ScheduledCalls {
  reducerFor(table: TableDef): ReducerDef | undefined;
  procedureFor(table: TableDef): ProcedureDef | undefined;
  /** Calls a procedure as the database. @param args BSATN @returns when it has ended, however it did */
  callProcedure(procedure: ProcedureDef, args: Uint8Array): Promise<unknown>;
  /** Calls a reducer as the database, in its own transaction. @param args BSATN */
  call(reducer: ReducerDef, args: Uint8Array): void;
  /** Deletes a row in its own transaction. */
  deleteRow(table: Table, row: Row): void;
}

/**
 * Runs a scheduled row if it still exists. A row that runs only once is then deleted, even if its call failed: after
 * the call of a reducer, but before that of a procedure, which must not run twice when the host stops meanwhile.
 */
export function runScheduled({ table, id }: ScheduledRow, calls: ScheduledCalls): ScheduledRun {
  const due = rowWithId(table, id);
  const reducer = calls.reducerFor(table.def);
  const procedure = calls.procedureFor(table.def);
  if (!due || !(reducer ?? procedure)) return {};
  // The only argument is the row.
  if (reducer) calls.call(reducer, due.bytes);
  const left = rowWithId(table, id);
  const isRepeated = left !== undefined && scheduleOf(table.def, left).kind === 'repeated';
  if (left && !isRepeated) calls.deleteRow(table, left);
  return {
    ...(isRepeated ? { again: left } : {}),
    ...(procedure ? { ended: calls.callProcedure(procedure, due.bytes) } : {}),
  };
}
