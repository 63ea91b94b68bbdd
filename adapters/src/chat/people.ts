import type { Identity } from 'spacetimedb';
import { emptyList } from '../empty.ts';
import type { Internals } from '../internals.ts';
import { patch, type Compare } from '../sorted-list.ts';
import type { Query } from '../subscriptions.ts';
import type { Change, Changes, Observer } from '../table-mirror.ts';
import { boundedName } from './bounds.ts';
import { identityId } from './identity-id.ts';
import type { ChatUser, UserRow } from './types.ts';

const labels = new Intl.Collator();

const byLabel: Compare<ChatUser> = (a, b) =>
  labels.compare(a.label, b.label) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Everyone in the chat. */
export class People implements Observer {
  all: readonly ChatUser[] = emptyList;
  online: readonly ChatUser[] = emptyList;
  /** People whose object changed in the last update. */
  changed: ReadonlySet<bigint> = new Set();
  readonly listeners = new Set<() => void>();
  readonly query: Query<UserRow>;
  readonly #internals: Internals;
  readonly #guestName: (id: string) => string;
  readonly #users = new Map<bigint, ChatUser>();
  /** Authors without a row, which the tutorial's module never produces. */
  readonly #strangers = new Map<bigint, ChatUser>();
  #me: bigint | undefined;
  #isUpToDate = false;
  #seen: unknown;

  constructor(internals: Internals, guestName = (id: string): string => id.slice(0, 8)) {
    this.#internals = internals;
    this.#guestName = guestName;
    this.query = internals.subscriptions.use('user', 'SELECT * FROM user', this);
    this.update(new Map());
  }

  stop(): void {
    this.#internals.subscriptions.release(this.query, this);
  }

  get me(): ChatUser | undefined {
    return this.#me === undefined ? undefined : this.#users.get(this.#me);
  }

  find(identity: Identity): ChatUser {
    const key = identity.__identity__;
    const known = this.#users.get(key) ?? this.#strangers.get(key);
    if (known) return known;
    const stranger = this.#chatUser({ identity, online: false }, key === this.#me);
    this.#strangers.set(key, stranger);
    return stranger;
  }

  /** Called once for each transaction, or earlier by dependents with the same `changes`. */
  update(changes: Changes): void {
    if (this.#seen === changes) return;
    this.#seen = changes;
    this.changed = new Set();
    if (this.query.status === 'error') {
      this.#isUpToDate = false;
      this.#internals.checkSchema();
    }
    if (this.query.status === 'ready') {
      this.#apply(this.#isUpToDate ? this.query.mirror.changesIn(changes) : this.#reload());
    }
    for (const listener of this.listeners) listener();
  }

  /** The changes from the known users to the current rows. */
  #reload(): Pick<Change<UserRow>, 'before' | 'after'>[] {
    this.#isUpToDate = true;
    const here = new Set<bigint>();
    const changes: Pick<Change<UserRow>, 'before' | 'after'>[] = [];
    for (const after of this.query.mirror.list) {
      here.add(after.identity.__identity__);
      changes.push({ before: undefined, after });
    }
    for (const [key, before] of this.#users) if (!here.has(key)) changes.push({ before, after: undefined });
    return changes;
  }

  #apply(changes: readonly Pick<Change<UserRow>, 'before' | 'after'>[]): void {
    const me = this.#internals.identity.get()?.__identity__;
    const rows = new Map<bigint, UserRow | undefined>();
    const changed = new Set<bigint>();
    if (me !== this.#me) {
      for (const key of [this.#me, me]) {
        if (key === undefined) continue;
        const user = this.#users.get(key);
        if (user) rows.set(key, user);
        if (this.#strangers.delete(key)) changed.add(key);
      }
      this.#me = me;
    }
    for (const { before, after } of changes) {
      const { identity } = (after ?? before) as UserRow;
      rows.set(identity.__identity__, after);
    }

    const removed: ChatUser[] = [];
    const added: ChatUser[] = [];
    for (const [key, row] of rows) {
      const before = this.#users.get(key);
      const known = before ?? this.#strangers.get(key);
      const after = row && this.#sameOrNew(known, row, key === me);
      if (before === after) continue;
      if (before) removed.push(before);
      if (after) {
        added.push(after);
        this.#users.set(key, after);
        this.#strangers.delete(key);
      } else {
        this.#users.delete(key);
        // Without a name and offline, they look like a stranger.
        if (before && before.name === undefined && !before.online) this.#strangers.set(key, before);
      }
      if (known !== (after ?? this.#strangers.get(key))) changed.add(key);
    }
    this.changed = changed;
    this.all = patch(this.all, removed, added, byLabel);
    const isOnline = ({ online }: ChatUser): boolean => online;
    const [left, came] = [removed.filter(isOnline), added.filter(isOnline)];
    this.online = patch(this.online, left, came, byLabel);
  }

  #sameOrNew(known: ChatUser | undefined, row: UserRow, isMe: boolean): ChatUser {
    const same =
      known && known.name === boundedName(row.name) && known.online === row.online && known.isMe === isMe;
    return same ? known : this.#chatUser(row, isMe);
  }

  #chatUser({ identity, name: full, online }: UserRow, isMe: boolean): ChatUser {
    const name = boundedName(full);
    const id = identityId(identity);
    return { id, identity, name, label: name ?? this.#guestName(id), online, isMe };
  }
}
