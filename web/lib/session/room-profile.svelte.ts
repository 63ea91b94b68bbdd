/**
 * Public data of a room besides its people and messages. A server with the tutorial's plain module has none.
 */
import type { Connection } from 'spacetimedb-stores';
import type { ChatUser } from 'spacetimedb-stores/chat';
import { liveQuery } from 'spacetimedb-stores/svelte';
import { tables, type DbConnection } from '../../module_bindings/index.ts';
import { dateOf } from '../ui/time.ts';
import { rolesOf } from './roles.ts';

export class RoomProfile {
  readonly #connection: Connection<DbConnection>;
  readonly #staff;
  readonly #titles;

  constructor(connection: Connection<DbConnection>) {
    this.#connection = connection;
    this.#staff = liveQuery(tables.roomStaff, { connection });
    this.#titles = liveQuery(tables.roomTitle, { connection });
  }

  readonly roles = $derived.by(() => rolesOf(this.#staff.current));

  /** The owner's name for the room; empty if there is none, undefined until known. */
  get title(): string | undefined {
    return this.#titles.status.isReady ? (this.#titles.current[0]?.title ?? '') : undefined;
  }

  /** When a person first chose a name or wrote; undefined until known. */
  member({ identity }: ChatUser): { readonly since: Date | undefined } {
    const rows = liveQuery(
      tables.member.where((row) => row.identity.eq(identity)),
      { connection: this.#connection },
    );
    return {
      get since() {
        const [row] = rows.current;
        return row && dateOf(row.since);
      },
    };
  }
}
