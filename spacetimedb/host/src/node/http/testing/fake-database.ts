import { AlgebraicType, type Identity } from 'spacetimedb';
import type {
  AuthenticatedClient,
  CallArguments,
  Caller,
  ConnectOutcome,
  DatabaseApi,
  HttpHandlerOutcome,
  LogRecord,
  ProcedureOutcome,
  ReducerOutcome,
  SqlResult,
} from '../../../engine/database-api.ts';
import { encodeRawModuleDef } from '../../../engine/schema/raw-module-def.ts';
import { resolveRawModuleDef } from '../../../engine/schema/resolve.ts';
import { identityFromClaims } from '../../auth/identity.ts';

/** The requests to the fake, in order. */
export type Event =
  | { readonly tag: 'connected' | 'disconnected'; readonly client: AuthenticatedClient }
  | { readonly tag: 'call'; readonly caller: Caller; readonly name: string; readonly args: CallArguments }
  | { readonly tag: 'sql'; readonly caller: Caller; readonly statement: string }
  | { readonly tag: 'durable' };

/** A `DatabaseApi` without a module. It answers as the test says and records the requests. */
export class FakeDatabase implements DatabaseApi {
  readonly identity: Identity;
  readonly owner: Identity;
  readonly rawModuleDef = encodeRawModuleDef({ sections: [] });
  readonly programHash = `${'00'.repeat(30)}beef`;
  readonly events: Event[] = [];
  readonly records: LogRecord[] = [];
  readonly followers = new Map<(record: LogRecord) => void, () => void>();

  connectOutcome: ConnectOutcome = { tag: 'ok' };
  /** Thrown if it is an error. */
  callOutcome: ReducerOutcome | Error = { tag: 'ok', durationMicros: 7 };
  sqlOutcome: SqlResult | Error = {
    columns: [{ name: 'id', type: AlgebraicType.U64 }],
    rows: [[18_446_744_073_709_551_615n]],
    stats: { inserted: 0, deleted: 0, updated: 0 },
    durationMicros: 11,
  };
  untilDurable: Promise<void> = Promise.resolve();

  constructor(name: string, owner: Identity) {
    this.identity = identityFromClaims('localhost', name);
    this.owner = owner;
  }

  readonly moduleDef = resolveRawModuleDef({ sections: [] });

  readonly logs = {
    tail: (count = Infinity) => (count === 0 ? [] : this.records.slice(-count)),
    follow: (listener: (record: LogRecord) => void, onEnd: () => void) => {
      this.followers.set(listener, onEnd);
      return () => void this.followers.delete(listener);
    },
  };

  log(record: LogRecord): void {
    this.records.push(record);
    for (const listener of this.followers.keys()) listener(record);
  }

  logSystem(level: LogRecord['level'], message: string, functionName?: string): void {
    this.log({ level, ts: 0, message, ...(functionName === undefined ? {} : { function: functionName }) });
  }

  clientConnected(client: AuthenticatedClient): ConnectOutcome {
    this.events.push({ tag: 'connected', client });
    return this.connectOutcome;
  }

  clientDisconnected(client: AuthenticatedClient): void {
    this.events.push({ tag: 'disconnected', client });
  }

  callReducer(caller: Caller, name: string, args: CallArguments): ReducerOutcome {
    this.events.push({ tag: 'call', caller, name, args });
    if (this.callOutcome instanceof Error) throw this.callOutcome;
    return this.callOutcome;
  }

  callProcedure(): Promise<ProcedureOutcome> {
    return Promise.resolve({ tag: 'no_such_procedure', message: 'No such procedure' });
  }

  handleHttp(): Promise<HttpHandlerOutcome> {
    return Promise.resolve({ tag: 'no_such_handler' });
  }

  sql(caller: Caller, statement: string): SqlResult {
    this.events.push({ tag: 'sql', caller, statement });
    if (this.sqlOutcome instanceof Error) throw this.sqlOutcome;
    return this.sqlOutcome;
  }

  durable(): Promise<void> {
    this.events.push({ tag: 'durable' });
    return this.untilDurable;
  }
}
