import { AlgebraicType, BinaryReader, BinaryWriter, t, type Infer } from 'spacetimedb';

// The messages of the WebSocket protocol v2/v3, as the server's
// `crates/client-api-messages/src/websocket/v2.rs` defines them.

export const RowSizeHint = t.enum('RowSizeHint', { FixedSize: t.u16(), RowOffsets: t.array(t.u64()) });
export const BsatnRowList = t.object('BsatnRowList', { sizeHint: RowSizeHint, rowsData: t.byteArray() });
export const SingleTableRows = t.object('SingleTableRows', { table: t.string(), rows: BsatnRowList });
export const QueryRows = t.object('QueryRows', { tables: t.array(SingleTableRows) });
const QuerySetId = t.object('QuerySetId', { id: t.u32() });
export const TableUpdateRows = t.enum('TableUpdateRows', {
  PersistentTable: t.object('PersistentTableRows', { inserts: BsatnRowList, deletes: BsatnRowList }),
  EventTable: t.object('EventTableRows', { events: BsatnRowList }),
});
const TableUpdate = t.object('TableUpdate', { tableName: t.string(), rows: t.array(TableUpdateRows) });
const QuerySetUpdate = t.object('QuerySetUpdate', { querySetId: QuerySetId, tables: t.array(TableUpdate) });
export const TransactionUpdate = t.object('TransactionUpdate', { querySets: t.array(QuerySetUpdate) });
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
    // Same layout as `t.result`, whose serialiser in SDK 2.10 does not support `{ err }`.
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

const ClientMessage = t.enum('ClientMessage', {
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

const writeMessage = AlgebraicType.makeSerializer(ServerMessage.algebraicType);
const readMessage = AlgebraicType.makeDeserializer(ClientMessage.algebraicType);

export function encode(message: ServerMessage): Uint8Array {
  const writer = new BinaryWriter(256);
  writeMessage(writer, message);
  return writer.getBuffer().slice();
}

/** All messages of a v3 frame. */
export function decode(frame: Uint8Array): ClientMessage[] {
  const reader = new BinaryReader(frame);
  const messages: ClientMessage[] = [];
  while (reader.remaining > 0) messages.push(readMessage(reader) as ClientMessage);
  return messages;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}
