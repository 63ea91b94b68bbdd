/** Converts what belongs to messages between a server's tables and the file. */
import type { RoomFile } from './room-file.ts';
import { identity, micros, type RoomServer } from './room-server.ts';

type Kind = 'replies' | 'versions' | 'reactions' | 'mentions' | 'pins';

/** One row of any kind, as in the file. */
type Detail = Readonly<Record<string, string | number | boolean>>;

interface Column {
  /** The field in the file. */
  readonly field: string;
  /** The column of the table. */
  readonly column: string;
  readonly toJson: (value: never) => unknown;
  readonly fromJson: (value: unknown) => unknown;
}

const asIdentity = (field: string, column = field): Column => ({ field, column, ...identity });
const asTime = (field: string, column = field): Column => ({ field, column, ...micros });
const asIs = (field: string, column = field): Column => ({
  field,
  column,
  toJson: (value) => value,
  fromJson: (value) => value,
});

const OF_MESSAGE = [asIdentity('sender'), asTime('sent')];

/** Each kind in the order of the parameters of `import_details`, with its table and columns. */
const KINDS: Readonly<Record<Kind, { readonly table: string; readonly columns: readonly Column[] }>> = {
  replies: {
    table: 'reply',
    columns: [...OF_MESSAGE, asIdentity('toSender', 'to_sender'), asTime('toSent', 'to_sent')],
  },
  versions: { table: 'message_version', columns: [...OF_MESSAGE, asTime('at'), asIs('text')] },
  reactions: { table: 'reaction', columns: [...OF_MESSAGE, asIdentity('person'), asIs('emoji')] },
  mentions: {
    table: 'mention',
    columns: [...OF_MESSAGE, asIdentity('person'), asIs('isEveryone', 'is_everyone'), asIs('name')],
  },
  pins: { table: 'pin', columns: [...OF_MESSAGE, asIdentity('pinnedBy', 'pinned_by'), asTime('at')] },
};

const NAMES = Object.keys(KINDS) as Kind[];

/** Reads what belongs to the messages of a room; nothing from a server without it. */
export async function readDetails(server: RoomServer): Promise<Pick<RoomFile, Kind>> {
  const found: Partial<Record<Kind, readonly Detail[]>> = {};
  for (const name of NAMES) {
    const { table, columns } = KINDS[name];
    const rows = await server.rows(table, ['id', ...columns.map(({ column }) => column)]);
    found[name] = rows
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, ...values]) =>
        Object.fromEntries(columns.map(({ field, fromJson }, n) => [field, fromJson(values[n])])),
      ) as Detail[];
  }
  return found as unknown as Pick<RoomFile, Kind>;
}

/**
 * Imports what belongs to the messages of a room.
 *
 * @param batches divides a list into parts that one call can take
 */
export async function importDetails(
  server: RoomServer,
  room: RoomFile,
  batches: (items: readonly Detail[], what: string) => Iterable<readonly Detail[]>,
): Promise<void> {
  for (const name of NAMES) {
    const items = (room[name] ?? []) as unknown as readonly Detail[];
    if (items.length === 0) continue;
    for (const batch of batches(items, name)) {
      const rows = batch.map((item) =>
        KINDS[name].columns.map(({ field, toJson }) => toJson(item[field] as never)),
      );
      await server.call(
        'import_details',
        NAMES.map((kind) => (kind === name ? rows : [])),
      );
    }
  }
}
