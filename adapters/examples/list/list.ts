import { computed, connect, liveTable, mutation, type ConnectionStatus } from 'spacetimedb-stores';
import { DbConnection, tables } from '../module_bindings';

export const connection = connect(() =>
  DbConnection.builder().withUri(location.origin).withDatabaseName('shopping-list'),
);

export const left = computed(
  [liveTable(connection, tables.item)],
  (items) => items.filter(({ done }) => !done).length,
);

export const add = mutation(connection, (db, text: string) => db.reducers.add({ text }));
export const setDone = mutation(connection, (db, id: bigint, done: boolean) =>
  db.reducers.setDone({ id, done }),
);
export const remove = mutation(connection, (db, id: bigint) => db.reducers.remove({ id }));

export function statusText({ status, error }: ConnectionStatus): string {
  switch (status) {
    case 'connected':
      return 'Connected';
    case 'offline':
      return 'You are offline';
    case 'reconnecting':
      return 'Reconnecting…';
    case 'rejected':
      return error?.message ?? 'The server refused the sign-in';
    default:
      return 'Connecting…';
  }
}
