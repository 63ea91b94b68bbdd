import type { Timestamp } from 'spacetimedb';
import { compareValues } from '../../compare.ts';
import { emptyList } from '../../empty.ts';
import type { Internals } from '../../internals.ts';
import { worstOf, type Progress } from '../../live-store.ts';
import { place } from '../../sorted-list.ts';
import type { Query } from '../../subscriptions.ts';
import type { Changes, Observer, TableMirror } from '../../table-mirror.ts';
import type { Live } from '../../types.ts';
import { momentText } from '../entries.ts';
import type { Moment } from '../moment-map.ts';
import type { ChatParts } from '../parts.ts';
import type { People } from '../people.ts';
import type { MessageRow } from '../types.ts';
import { within } from '../window.ts';
import { AnnotationIndex, type RowsOfMessage } from './annotation-index.ts';
import { timeLiteral } from './message-id.ts';
import type { AnnotationRows, AnnotationTable, PinRow, RuleRow } from './rows.ts';

/** The tables by their names in bindings, with their names in SQL. */
const TABLES = {
  reply: 'reply',
  reaction: 'reaction',
  messageEdit: 'message_edit',
  mention: 'mention',
} as const;
const INDEXED = [...Object.keys(TABLES), 'pin'] as AnnotationTable[];

const PINS = 'pins';

type AnyRow = AnnotationRows[AnnotationTable] | MessageRow;

type Queries = readonly Query<AnyRow>[];

export interface AnnotationsListener {
  /**
   * Called when something about these messages changed: their rows, or the message that they answer.
   * @param arePinsNew whether pinned messages changed
   */
  onRows(this: void, messages: Iterable<Moment>, arePinsNew: boolean): void;
  /** Called when the objects of these people changed. */
  onPeople(this: void, people: ReadonlySet<bigint>): void;
  /** Called when the status may have changed. */
  onStatus(this: void): void;
}

/**
 * The rows that belong to messages, for the loaded spans of time and for single messages outside them. Nothing is
 * subscribed until the server is known to have the tables.
 */
export class Annotations implements Observer {
  readonly people: People;
  readonly #internals: Internals;
  readonly #parts: ChatParts;
  readonly #rules: Live<readonly RuleRow[]>;
  readonly #listener: AnnotationsListener;
  readonly #index = new AnnotationIndex();
  /** By their condition. */
  readonly #queries = new Map<string, Queries>();
  readonly #mirrors = new Map<AnnotationTable, TableMirror<AnyRow>>();
  /** Times of subscribed messages outside the spans, with the number of subscribers. */
  readonly #single = new Map<bigint, { readonly sent: Timestamp; users: number }>();
  #messages: TableMirror<MessageRow> | undefined;
  readonly #stops: readonly (() => void)[];

  constructor(
    internals: Internals,
    parts: ChatParts,
    rules: Live<readonly RuleRow[]>,
    listener: AnnotationsListener,
  ) {
    this.#internals = internals;
    this.#parts = parts;
    this.#rules = rules;
    this.#listener = listener;
    const { people, release } = parts.keepPeople();
    this.people = people;
    const onPeople = (): void => listener.onPeople(people.changed);
    people.listeners.add(onPeople);
    this.#stops = [
      () => people.listeners.delete(onPeople),
      release,
      rules.status.subscribe(() => this.#reconcile()),
      parts.spans.subscribe(() => this.#reconcile()),
    ];
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    for (const queries of this.#queries.values()) this.#release(queries);
  }

  get progress(): Progress {
    const status = this.#rules.status.get();
    if (this.#queries.size === 0) return status.status === 'idle' ? { status: 'loading' } : status;
    return worstOf([...this.#queries.values()].flat());
  }

  get isAvailable(): boolean {
    const { isReady, isStale } = this.#rules.status.get();
    return isReady || isStale;
  }

  get pins(): readonly PinRow[] {
    return (this.#mirrors.get('pin')?.list ?? emptyList) as readonly PinRow[];
  }

  rowsOf(message: Moment): RowsOfMessage {
    return this.#index.at(message);
  }

  /** The row of a message, if it is loaded. */
  messageRow({ sender, sent }: Moment): MessageRow | undefined {
    const list = this.#messages?.list ?? emptyList;
    // The rows are sorted by all columns, in the column order of the tutorial.
    const row = list[place(list, { sender, sent, text: '' }, compareValues)];
    const isIt =
      row?.sender.__identity__ === sender.__identity__ &&
      row.sent.microsSinceUnixEpoch === sent.microsSinceUnixEpoch;
    return isIt ? row : undefined;
  }

  /** Subscribes to the rows of messages with one time, inside or outside the spans. */
  watch(sent: Timestamp): () => void {
    const time = sent.microsSinceUnixEpoch;
    const known = this.#single.get(time);
    if (known) known.users++;
    else this.#single.set(time, { sent, users: 1 });
    if (!known && !this.#isLoaded(sent)) this.#reconcile();
    return () => {
      const single = this.#single.get(time);
      if (!single || --single.users > 0) return;
      this.#single.delete(time);
      if (!this.#isLoaded(sent)) this.#reconcile();
    };
  }

  update(changes: Changes): void {
    this.people.update(changes);
    const messages = this.#messages?.changesIn(changes) ?? emptyList;
    if (messages.length > 0) this.#parts.follow(changes);
    const touched: Moment[] = [];
    let arePinsNew = (this.#mirrors.get('pin')?.changesIn(changes) ?? emptyList).length > 0;
    for (const table of INDEXED) {
      for (const { before, after } of this.#mirrors.get(table)?.changesIn(changes) ?? emptyList) {
        if (before) this.#index.delete(table, before as never);
        if (after) this.#index.add(table, after as never);
        touched.push((after ?? before) as Moment);
      }
    }
    for (const { before, after } of messages) {
      const message = (after ?? before) as MessageRow;
      touched.push(message, ...this.#index.repliesTo(message));
      arePinsNew ||= this.rowsOf(message).pin.length > 0;
    }
    this.#listener.onRows(touched, arePinsNew);
    this.#listener.onStatus();
  }

  /** Updates the subscriptions to what is needed now. */
  #reconcile(): void {
    const wanted = this.isAvailable ? this.#wanted() : new Map<string, () => Queries>();
    this.#internals.scope.batch(() => {
      // New ones first, so that tables which both use are kept.
      for (const [key, open] of wanted) {
        if (!this.#queries.has(key)) this.#queries.set(key, open());
      }
      for (const [key, queries] of this.#queries) {
        if (wanted.has(key)) continue;
        this.#queries.delete(key);
        this.#release(queries);
      }
      this.#load();
      this.#listener.onStatus();
    });
  }

  /** Whether a time lies in the spans that are loaded. */
  #isLoaded(sent: Timestamp): boolean {
    const spans = this.#parts.spans.get();
    const from = spans.length === 0 ? Infinity : (spans.at(-1)?.from ?? -Infinity);
    return Number(sent.microsSinceUnixEpoch) >= from * 1_000;
  }

  /** The required subscriptions, by condition. */
  #wanted(): Map<string, () => Queries> {
    const pins = (): Queries => [
      this.#use('pin', 'SELECT * FROM pin'),
      this.#use('message', 'SELECT message.* FROM pin JOIN message ON message.sent = pin.sent'),
    ];
    const wanted = new Map([[PINS, pins]]);
    for (const span of this.#parts.spans.get())
      wanted.set(within(span, 'sent'), () => this.#useWhere((column) => within(span, column)));
    for (const { sent } of this.#single.values()) {
      if (this.#isLoaded(sent)) continue;
      const on = (column: string): string => `${column} = ${timeLiteral(sent)}`;
      const message = `SELECT * FROM message WHERE ${on('sent')}`;
      wanted.set(on('sent'), () => [...this.#useWhere(on), this.#use('message', message)]);
    }
    return wanted;
  }

  /** Subscribes to the details of messages by time, and to the messages that they answer. */
  #useWhere(on: (column: string) => string): Queries {
    const answered = 'SELECT message.* FROM reply JOIN message ON message.sent = reply.to_sent';
    return [
      ...Object.entries(TABLES).map(([table, name]) =>
        this.#use(table, `SELECT * FROM ${name} WHERE ${on('sent')}`),
      ),
      this.#use('message', `${answered} WHERE ${on('reply.sent')}`),
    ];
  }

  #use(table: string, sql: string): Query<AnyRow> {
    return this.#internals.subscriptions.use<AnyRow>(table, sql, this);
  }

  #release(queries: Queries): void {
    for (const query of queries) this.#internals.subscriptions.release(query, this);
  }

  /** Updates the rows of tables that are subscribed for the first time, or no longer. */
  #load(): void {
    const mirrors = new Map<string, TableMirror<AnyRow>>();
    for (const { table, mirror } of [...this.#queries.values()].flat()) mirrors.set(table, mirror);
    this.#messages = mirrors.get('message') as TableMirror<MessageRow> | undefined;
    const touched = new Map<string, Moment>();
    for (const table of INDEXED) {
      const before = this.#mirrors.get(table);
      const after = mirrors.get(table);
      if (before === after) continue;
      for (const row of before?.list ?? []) {
        this.#index.delete(table, row as never);
        touched.set(momentText(row), row);
      }
      for (const row of after?.list ?? []) {
        this.#index.add(table, row as never);
        touched.set(momentText(row), row);
      }
      if (after) this.#mirrors.set(table, after);
      else this.#mirrors.delete(table);
    }
    this.#listener.onRows(touched.values(), true);
  }
}
