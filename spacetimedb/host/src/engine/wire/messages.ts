/**
 * The messages of the WebSocket subprotocols `v2.bsatn.spacetimedb` and `v3.bsatn.spacetimedb`
 * (crates/client-api-messages/src/websocket/v2.rs; a v3 frame holds one or more of the same messages). The SDK has
 * the same definitions but does not export them.
 */
import { t, type Infer } from 'spacetimedb';

const QuerySetId = t.object('QuerySetId', { id: t.u32() });

const RowSizeHint = t.enum('RowSizeHint', { FixedSize: t.u16(), RowOffsets: t.array(t.u64()) });
export const BsatnRowList = t.object('BsatnRowList', { sizeHint: RowSizeHint, rowsData: t.byteArray() });
export type BsatnRowList = Infer<typeof BsatnRowList>;

const SingleTableRows = t.object('SingleTableRows', { table: t.string(), rows: BsatnRowList });
const QueryRows = t.object('QueryRows', { tables: t.array(SingleTableRows) });
export type QueryRows = Infer<typeof QueryRows>;

const TableUpdateRows = t.enum('TableUpdateRows', {
  PersistentTable: t.object('PersistentTableRows', { inserts: BsatnRowList, deletes: BsatnRowList }),
  EventTable: t.object('EventTableRows', { events: BsatnRowList }),
});
export type TableUpdateRows = Infer<typeof TableUpdateRows>;

const TableUpdate = t.object('TableUpdate', { tableName: t.string(), rows: t.array(TableUpdateRows) });
export type TableUpdate = Infer<typeof TableUpdate>;
const QuerySetUpdate = t.object('QuerySetUpdate', { querySetId: QuerySetId, tables: t.array(TableUpdate) });
export type QuerySetUpdate = Infer<typeof QuerySetUpdate>;
const TransactionUpdate = t.object('TransactionUpdate', { querySets: t.array(QuerySetUpdate) });

const ReducerOutcome = t.enum('ReducerOutcome', {
  Ok: t.object('ReducerOk', { retValue: t.byteArray(), transactionUpdate: TransactionUpdate }),
  OkEmpty: t.unit(),
  Err: t.byteArray(),
  InternalError: t.string(),
});

export const ServerMessage = t.enum('ServerMessage', {
  InitialConnection: t.object('InitialConnection', {
    identity: t.identity(),
    connectionId: t.connectionId(),
    token: t.string(),
  }),
  SubscribeApplied: t.object('SubscribeApplied', {
    requestId: t.u32(),
    querySetId: QuerySetId,
    rows: QueryRows,
  }),
  UnsubscribeApplied: t.object('UnsubscribeApplied', {
    requestId: t.u32(),
    querySetId: QuerySetId,
    rows: t.option(QueryRows),
  }),
  SubscriptionError: t.object('SubscriptionError', {
    requestId: t.option(t.u32()),
    querySetId: QuerySetId,
    error: t.string(),
  }),
  TransactionUpdate,
  OneOffQueryResult: t.object('OneOffQueryResult', {
    requestId: t.u32(),
    // Not `t.result`, because SDK 2.10.1 serialises errors with the type of the success value.
    result: t.enum('OneOffResult', { Ok: QueryRows, Err: t.string() }),
  }),
  ReducerResult: t.object('ReducerResult', {
    requestId: t.u32(),
    timestamp: t.timestamp(),
    result: ReducerOutcome,
  }),
  ProcedureResult: t.object('ProcedureResult', {
    status: t.enum('ProcedureStatus', { Returned: t.byteArray(), InternalError: t.string() }),
    timestamp: t.timestamp(),
    totalHostExecutionDuration: t.timeDuration(),
    requestId: t.u32(),
  }),
});
export type ServerMessage = Infer<typeof ServerMessage>;

export const ClientMessage = t.enum('ClientMessage', {
  Subscribe: t.object('Subscribe', {
    requestId: t.u32(),
    querySetId: QuerySetId,
    queryStrings: t.array(t.string()),
  }),
  Unsubscribe: t.object('Unsubscribe', {
    requestId: t.u32(),
    querySetId: QuerySetId,
    flags: t.enum('UnsubscribeFlags', { Default: t.unit(), SendDroppedRows: t.unit() }),
  }),
  OneOffQuery: t.object('OneOffQuery', { requestId: t.u32(), queryString: t.string() }),
  CallReducer: t.object('CallReducer', {
    requestId: t.u32(),
    flags: t.u8(),
    reducer: t.string(),
    args: t.byteArray(),
  }),
  CallProcedure: t.object('CallProcedure', {
    requestId: t.u32(),
    flags: t.u8(),
    procedure: t.string(),
    args: t.byteArray(),
  }),
});
export type ClientMessage = Infer<typeof ClientMessage>;
