/**
 * The messages of the WebSocket protocols v2 and v3, of which v3 only puts several into one frame. From the server's
 * `crates/client-api-messages/src/websocket/v2.rs`; the SDK has them in `sdk/client_api/types.ts`.
 */
import { TypeBuilder, type ValueOf } from './type-builder.ts';
import * as t from './types.ts';

/** Products of one field are written as that field. */
const querySetId = t.u32;

/** The bytes of rows, after a hint at their sizes that is of no use to who reads them all. */
const rowList = new TypeBuilder<Uint8Array>(
  (reader) => {
    const isFixedSize = t.u8().read(reader) === 0;
    reader.step(isFixedSize ? 2 : t.u32().read(reader) * 8);
    return reader.takeCounted();
  },
  () => {
    throw new TypeError('Clients send no rows');
  },
);

const queryRows = t.array(t.object('SingleTableRows', { table: t.string(), rows: rowList }));

const transactionUpdate = t.array(
  t.object('QuerySetUpdate', {
    querySetId: querySetId(),
    tables: t.array(
      t.object('TableUpdate', {
        table: t.string(),
        rows: t.array(
          t.enum('TableUpdateRows', {
            PersistentTable: t.object('PersistentTableRows', { inserts: rowList, deletes: rowList }),
            EventTable: rowList,
          }),
        ),
      }),
    ),
  }),
);

export const ServerMessage = t.enum('ServerMessage', {
  InitialConnection: t.object('InitialConnection', {
    identity: t.identity(),
    connectionId: t.connectionId(),
    token: t.string(),
  }),
  SubscribeApplied: t.object('SubscribeApplied', {
    requestId: t.u32(),
    querySetId: querySetId(),
    rows: queryRows,
  }),
  UnsubscribeApplied: t.object('UnsubscribeApplied', {
    requestId: t.u32(),
    querySetId: querySetId(),
    rows: t.option(queryRows),
  }),
  SubscriptionError: t.object('SubscriptionError', {
    requestId: t.option(t.u32()),
    querySetId: querySetId(),
    error: t.string(),
  }),
  TransactionUpdate: transactionUpdate,
  OneOffQueryResult: t.object('OneOffQueryResult', {
    requestId: t.u32(),
    result: t.result(queryRows, t.string()),
  }),
  ReducerResult: t.object('ReducerResult', {
    requestId: t.u32(),
    timestamp: t.timestamp(),
    result: t.enum('ReducerOutcome', {
      Ok: t.object('ReducerOk', { retValue: t.byteArray(), transactionUpdate }),
      OkEmpty: t.unit(),
      Err: t.byteArray(),
      InternalError: t.string(),
    }),
  }),
  ProcedureResult: t.object('ProcedureResult', {
    status: t.enum('ProcedureStatus', { Returned: t.byteArray(), InternalError: t.string() }),
    timestamp: t.timestamp(),
    totalHostExecutionDuration: t.timeDuration(),
    requestId: t.u32(),
  }),
});

export type TransactionUpdate = ValueOf<typeof transactionUpdate>;

/** What `Unsubscribe` asks for: the rows that are of no query any more. */
export const SEND_DROPPED_ROWS = 1;

const call = { requestId: t.u32(), flags: t.u8(), name: t.string(), args: t.byteArray() };

export const ClientMessage = t.enum('ClientMessage', {
  Subscribe: t.object('Subscribe', {
    requestId: t.u32(),
    querySetId: querySetId(),
    queryStrings: t.array(t.string()),
  }),
  Unsubscribe: t.object('Unsubscribe', { requestId: t.u32(), querySetId: querySetId(), flags: t.u8() }),
  OneOffQuery: t.object('OneOffQuery', { requestId: t.u32(), queryString: t.string() }),
  CallReducer: t.object('CallReducer', call),
  CallProcedure: t.object('CallProcedure', call),
});
