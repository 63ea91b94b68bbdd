/** For tests: a database in memory, and clients that record what they receive. */
import { ConnectionId, Identity } from 'spacetimedb';
import { onTestFinished } from 'vitest';
import { MicrosecondClock } from '../engine/database/clock.ts';
import type { Database, DatabaseClient, DatabaseParts } from '../engine/database/database.ts';
import { DatabaseLog } from '../engine/database/logs.ts';
import { createDatabase } from '../engine/database/open-database.ts';
import { MemoryStorage } from '../engine/database/storage.ts';
import { ManualTime } from '../engine/database/time-source.ts';
import { DEFAULT_LIMITS, type HostLimits } from '../engine/limits.ts';
import type { BsatnRowList, QueryRows, QuerySetUpdate } from '../engine/wire/messages.ts';
import { loadModule } from '../node/module/isolate.ts';
import { bundleSource } from './module-source.ts';

const identity = (digit: string) => Identity.fromString(`c2${digit.repeat(62)}`);
export const [OWNER, ANN, BOB] = [identity('0'), identity('a'), identity('b')];
const DATABASE = identity('d');

/** @param source an ES module that imports `spacetimedb/server` */
export async function openMemoryDatabase(
  source: string,
  limits: Partial<HostLimits> = {},
): Promise<{ readonly database: Database; readonly parts: DatabaseParts }> {
  const time = new ManualTime();
  const parts: DatabaseParts = {
    meta: { identity: DATABASE.toHexString(), owner: OWNER.toHexString(), names: [], programHash: '0102' },
    storage: new MemoryStorage(),
    loader: loadModule,
    time,
    clock: new MicrosecondClock(() => time.now()),
    log: new DatabaseLog(),
    // Each call that has a time limit starts a thread.
    limits: { ...DEFAULT_LIMITS, callMillis: Infinity, ...limits },
  };
  const database = await createDatabase(parts, new TextEncoder().encode(await bundleSource(source)));
  onTestFinished(() => database.close());
  return { database, parts };
}

/** A connected client. Its updates are recorded as text: `table +row -row`, with rows in hex. */
export function joinDatabase(database: Database, who: Identity, connectionId = ConnectionId.random()) {
  const told: string[] = [];
  const client: DatabaseClient = {
    identity: who,
    connectionId,
    transactionUpdate: (querySets) => told.push(...querySets.flatMap(updateTexts)),
    subscriptionFailed: (id, reason) => told.push(`${id} failed: ${reason}`),
    moduleExited: () => told.push('exited'),
  };
  const authenticated = {
    identity: who,
    connectionId,
    jwtPayload: `{"sub":"${who.toHexString().slice(-1)}"}`,
  };
  database.clientConnected(authenticated);
  database.attach(client);
  return {
    client,
    told,
    subscribe: (id: number, ...statements: string[]) =>
      tableTexts(database.subscribe(client, id, statements)),
    unsubscribe: (id: number) => database.unsubscribe(client, id, true),
    ask: (sql: string) => tableTexts(database.queryOnce(client, sql)),
    leave: () => {
      database.detach(client);
      database.clientDisconnected(authenticated);
    },
  };
}

/** Each table with its rows in hex, sorted. */
function tableTexts({ tables }: QueryRows): Record<string, string[]>[] {
  return tables.map(({ table, rows }) => ({ [table]: rowTexts(rows) }));
}

function updateTexts({ querySetId, tables }: QuerySetUpdate): string[] {
  return tables.map(({ tableName, rows }) => {
    const changes = rows.flatMap((change) =>
      change.tag === 'EventTable'
        ? rowTexts(change.value.events).map((row) => `!${row}`)
        : [
            ...rowTexts(change.value.deletes).map((row) => `-${row}`),
            ...rowTexts(change.value.inserts).map((row) => `+${row}`),
          ],
    );
    return `${querySetId.id} ${tableName} ${changes.join(' ')}`;
  });
}

function rowTexts({ sizeHint, rowsData }: BsatnRowList): string[] {
  const { length } = rowsData;
  const starts =
    sizeHint.tag === 'RowOffsets'
      ? sizeHint.value.map(Number)
      : Array.from({ length: length / sizeHint.value }, (_, n) => n * sizeHint.value);
  return starts
    .map((start, n) => Buffer.from(rowsData.subarray(start, starts[n + 1] ?? length)).toString('hex'))
    .sort();
}
