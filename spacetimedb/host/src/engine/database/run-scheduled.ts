import type { Caller } from '../database-api.ts';
import type { Row } from '../datastore/row.ts';
import { scheduleOf } from '../datastore/schedule-at.ts';
import type { Table } from '../datastore/table.ts';
import { ViewError } from '../views/evaluate-view.ts';
import type { CallContext } from './call-context.ts';
import type { ProcedureCalls } from './procedure-calls.ts';
import type { ReducerCalls } from './reducer-calls.ts';
import { rowWithId, type ScheduledRow, type ScheduledRun } from './scheduler.ts';

interface ScheduledCalls {
  readonly context: CallContext;
  readonly reducers: ReducerCalls;
  readonly procedures: ProcedureCalls;
  /** The database itself. */
  readonly caller: Caller;
}

/**
 * Runs a scheduled row if it still exists. A row that runs only once is then deleted, even if its call failed: after
 * the call of a reducer, but before that of a procedure, which must not run twice when the host stops meanwhile.
 */
export function runScheduled({ table, id }: ScheduledRow, calls: ScheduledCalls): ScheduledRun {
  const { context, reducers, procedures, caller } = calls;
  const { runtime } = context.module();
  const due = rowWithId(table, id);
  const reducer = runtime.scheduledReducer(table.def);
  const procedure = runtime.scheduledProcedure(table.def);
  if (!due || !(reducer ?? procedure)) return {};
  // The only argument is the row.
  if (reducer) reducers.run(reducer, caller, due.bytes);
  const left = rowWithId(table, id);
  const isRepeated = left !== undefined && scheduleOf(table.def, left).kind === 'repeated';
  if (left && !isRepeated) deleteRow(context, table, left);
  return {
    ...(isRepeated ? { again: left } : {}),
    ...(procedure ? { ended: procedures.run(procedure, caller, due.bytes) } : {}),
  };
}

function deleteRow({ commit, module }: CallContext, table: Table, row: Row): void {
  const transaction = module().datastore.begin();
  transaction.delete(table, row);
  try {
    commit(transaction);
  } catch (error) {
    // A view failed, and the log says so. The row stays until the next start.
    if (!(error instanceof ViewError)) throw error;
  }
}
