import { compareValues, valueText } from '../compare.ts';
import { emptyList } from '../empty.ts';
import type { Internals } from '../internals.ts';
import { worstOf, type SetLive } from '../live-store.ts';
import { append, find, isSame, patch, place, type Compare } from '../sorted-list.ts';
import type { AnyQuery, Query } from '../subscriptions.ts';
import type { Change, Changes, Observer, TableMirror } from '../table-mirror.ts';
import { canBeShown } from './bounds.ts';
import { Entries, toEntry, withEdits, type Entry } from './entries.ts';
import type { Moment } from './moment-map.ts';
import type { Outbox } from './outbox.ts';
import type { People } from './people.ts';
import type { ChatHistory, ChatMessage, MessageRow } from './types.ts';
import { spans, within, type Span } from './window.ts';

const TABLE = 'message';

// Numbers represent times exactly to the microsecond for another 230 years.
const bySent: Compare<Entry> = (a, b) => a.time - b.time || compareValues(a.row, b.row);

export type PublishMessages = (
  ...shown: [...Parameters<SetLive<readonly ChatMessage[]>>, ChatHistory]
) => void;

/** Listener for changes beyond what is shown. */
export interface MessagesListener {
  /** The spans that are subscribed, complete or not. */
  onSpans(this: void, spans: readonly Span[]): void;
  /** A pending message has become this row of the server. */
  onClaimed(this: void, key: string, row: MessageRow): void;
}

/** The messages of a span of time up to now, with their authors. */
export class Messages implements Observer {
  readonly #internals: Internals;
  readonly #people: People;
  readonly #outbox: Outbox;
  readonly #publish: PublishMessages;
  readonly #listener: MessagesListener;
  readonly #pageSize: number;
  #mirror!: TableMirror<MessageRow>;
  readonly #spans: Iterator<Span, undefined>;
  /** The authors' query, shared with `people`, and those of the complete spans. */
  readonly #complete: AnyQuery[];
  /** The complete spans, newest first. */
  readonly #shown: Span[] = [];
  /** Spans that were unloaded, the newest last. */
  readonly #unloaded: Span[] = [];
  /** The span that is being loaded, next after the complete ones. */
  #loading: { readonly span: Span; readonly query: Query<MessageRow> } | undefined;
  /** The start of the complete spans, in microseconds. */
  #from: bigint | undefined;
  #reachedStart = false;
  /** The minimum number of messages to show, if there are that many. */
  #goal: number;
  /** The latest start of the shown time, in milliseconds since the Unix epoch. */
  #until = Infinity;
  /** Whether the goal was ever reached. Before that, only our own messages are shown. */
  #isFilled = false;
  /** Whether `#list` has followed all changes so far. */
  #isUpToDate = false;
  #list: readonly Entry[] = emptyList;
  #entries = new Entries();
  /** Messages of the complete spans that cannot be shown. */
  readonly #hidden = new Set<MessageRow>();
  /**
   * Keys that the current update's rows had while they were pending; until the list is filled, those of all updates.
   */
  readonly #claimed = new Map<MessageRow, string>();
  #withOwnList: readonly ChatMessage[] = emptyList;
  /** The inputs of `#withOwnList`. */
  #withOwnSources: readonly unknown[] = [];
  #seen: Changes | undefined;
  readonly #waiting = new Set<(error?: Error) => void>();

  constructor(
    internals: Internals,
    people: People,
    outbox: Outbox,
    pageSize: number,
    leastMs: number,
    publish: PublishMessages,
    listener: MessagesListener,
  ) {
    this.#internals = internals;
    this.#people = people;
    this.#outbox = outbox;
    this.#publish = publish;
    this.#listener = listener;
    this.#goal = this.#pageSize = pageSize;
    this.#spans = spans(internals.environment.now(), leastMs);
    const { table, sql } = people.query;
    this.#complete = [internals.subscriptions.use(table, sql, this)];
    this.#open();
    this.update(new Map());
  }

  stop(): void {
    const { subscriptions } = this.#internals;
    for (const query of this.#complete) subscriptions.release(query, this);
    if (this.#loading) subscriptions.release(this.#loading.query, this);
    this.#outbox.abandon();
    this.#settle();
    this.#listener.onSpans(emptyList);
  }

  /**
   * Widens the window until another page is shown or the beginning is reached. Waits for the connection if it is down.
   * @returns whether there were older messages
   * @throws QueryError when the server refuses the query
   */
  async loadOlder(): Promise<boolean> {
    const oldest = this.#list[0]?.key;
    this.#goal = this.#list.length + this.#pageSize;
    await this.#widen();
    return this.#list[0]?.key !== oldest;
  }

  /**
   * Widens the window until it reaches back to a time. Waits for the connection if it is down.
   * @param time milliseconds since the Unix epoch
   * @returns whether it does
   * @throws QueryError when the server refuses the query
   */
  async loadUntil(time: number): Promise<boolean> {
    this.#until = Math.min(this.#until, time);
    await this.#widen();
    return this.#isFilled && this.#reaches(time);
  }

  /** The message of this sender and time, if it is shown. */
  messageAt(moment: Moment): ChatMessage | undefined {
    return this.#entries.at(moment)[0];
  }

  async #widen(): Promise<void> {
    if (this.#loading?.query.status === 'error') {
      // The server refused it earlier: ask again.
      this.#internals.subscriptions.release(this.#loading.query, this);
      this.#subscribe(this.#loading.span);
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.add((error) => (error ? reject(error) : resolve()));
      this.#internals.scope.batch(() => this.update(new Map()));
    });
  }

  /**
   * Unloads as many whole spans as it can while showing at least `keep` messages.
   * @returns whether anything was unloaded
   */
  unloadOlder(keep: number): boolean {
    const { subscriptions, scope } = this.#internals;
    // Not while more is loading: messages that have not arrived cannot be counted.
    if (!this.#isFilled || !this.#isReady() || (this.#loading && this.#loading.query.status !== 'error'))
      return false;
    const enough = Math.max(keep, this.#pageSize);
    const before = this.#shown.length;
    for (;;) {
      const from = this.#shown.at(-2)?.from;
      if (from === undefined || this.#countSince(from * 1_000) < enough) break;
      if (this.#loading) {
        // The server has refused it.
        subscriptions.release(this.#loading.query, this);
        this.#unloaded.push(this.#loading.span);
        this.#loading = undefined;
      }
      this.#unloaded.push(this.#shown.pop() as Span);
      subscriptions.release(this.#complete.pop() as AnyQuery, this);
      this.#from = BigInt(from) * 1_000n;
    }
    if (this.#shown.length === before) return false;
    this.#reachedStart = false;
    this.#isUpToDate = false;
    this.#goal = enough;
    this.#until = Infinity;
    scope.batch(() => this.update(new Map()));
    return true;
  }

  /** @param time microseconds since the Unix epoch */
  #countSince(time: number): number {
    return this.#list.length - place(this.#list, { time } as Entry, (a, b) => a.time - b.time);
  }

  /** Called once for each transaction, or earlier by dependents with the same `changes`. */
  update(changes: Changes): void {
    if (this.#seen === changes) return;
    this.#seen = changes;
    this.#people.update(changes);
    let own = withEdits(this.#mirror.changesIn(changes));
    if (this.#isFilled) this.#claimed.clear();
    for (const change of own) {
      const { before, after } = change;
      const claimed = after && this.#isWithin(after) ? this.#outbox.claim(change) : undefined;
      if (after && claimed !== undefined) this.#listener.onClaimed(claimed, after);
      const key = claimed ?? (before && this.#claimed.get(before));
      if (before) this.#claimed.delete(before);
      if (after && key !== undefined) this.#claimed.set(after, key);
    }
    if (this.#complete.some(({ status }) => status === 'error')) this.#isUpToDate = false;
    // A span that another store has subscribed is complete at once, so several may complete together.
    for (;;) {
      this.#closeSpan();
      if (!this.#isReady()) break;
      if (this.#isUpToDate) this.#follow(own);
      else this.#load();
      own = emptyList;
      if (this.#loading || this.#isEnough()) break;
      this.#open();
    }
    this.report();
  }

  #isReady(): boolean {
    return this.#complete.length > 1 && this.#complete.every(({ status }) => status === 'ready');
  }

  #isEnough(): boolean {
    return this.#reachedStart || (this.#list.length >= this.#goal && this.#reaches(this.#until));
  }

  /** @param time milliseconds since the Unix epoch */
  #reaches(time: number): boolean {
    return this.#reachedStart || (this.#from !== undefined && time * 1_000 >= Number(this.#from));
  }

  #open(): void {
    const value = this.#unloaded.pop() ?? this.#spans.next().value;
    if (value) this.#subscribe(value);
  }

  #subscribe(span: Span): void {
    const sql = `SELECT * FROM ${TABLE} WHERE ${within(span, 'sent')}`;
    const query = this.#internals.subscriptions.use<MessageRow>(TABLE, sql, this);
    this.#mirror = query.mirror;
    this.#loading = { span, query };
  }

  /** Moves the loading span to the complete ones, if it is complete. */
  #closeSpan(): void {
    if (this.#loading?.query.status !== 'ready') return;
    const { query, span } = this.#loading;
    const { from } = span;
    this.#loading = undefined;
    this.#shown.push(span);
    this.#complete.push(query);
    this.#reachedStart = from === undefined;
    this.#from = from === undefined ? undefined : BigInt(from) * 1000n;
    // Rows of it that another query had loaded earlier count from now on.
    this.#isUpToDate = false;
  }

  /** Whether a message is in the complete spans, whether or not it can be shown. */
  #isWithin({ sent }: MessageRow): boolean {
    return this.#from === undefined || sent.microsSinceUnixEpoch >= this.#from;
  }

  #load(): void {
    const before = this.#entries;
    this.#hidden.clear();
    this.#entries = new Entries();
    const entries: Entry[] = [];
    const fresh: MessageRow[] = [];
    for (const row of this.#mirror.list) {
      if (!this.#isWithin(row) || !this.#take(row)) continue;
      const known = before.find(row) ?? this.#editedTo(row, before);
      if (known) entries.push(this.#enter(row, known));
      else fresh.push(row);
    }
    // After the known ones, whose keys they must not get.
    for (const row of fresh) entries.push(this.#enter(row));
    const list = patch<Entry>(emptyList, [], entries, bySent);
    if (!isSame(this.#list, list)) this.#list = list;
    this.#isUpToDate = true;
  }

  /** The message that was edited to a row while the changes were not followed. */
  #editedTo(row: MessageRow, before: Entries): Entry | undefined {
    const [known, ...others] = before.at(row);
    const { list, compare } = this.#mirror;
    return known && others.length === 0 && !find(list, known.row, compare) ? known : undefined;
  }

  #follow(changes: readonly Change<MessageRow>[]): void {
    const removed: Entry[] = [];
    const added: Entry[] = [];
    for (const { before, after } of changes) {
      const known = before && this.#entries.find(before);
      if (known) {
        this.#entries.delete(known);
        removed.push(known);
      }
      if (before) this.#hidden.delete(before);
      if (after && this.#isWithin(after) && this.#take(after)) added.push(this.#enter(after, known));
    }
    for (const author of this.#people.changed) {
      for (const known of this.#entries.of(author)) {
        if (known.author === this.#people.find(known.row.sender)) continue;
        this.#entries.delete(known);
        removed.push(known);
        added.push(this.#enter(known.row, known));
      }
    }
    this.#list = patch(this.#list, removed, added, bySent);
  }

  /** @returns whether the message can be shown; it is counted when it cannot */
  #take(row: MessageRow): boolean {
    const isShown = canBeShown(row);
    if (!isShown) this.#hidden.add(row);
    return isShown;
  }

  /** Adds the message of a row; reuses the known one if it is still valid. */
  #enter(row: MessageRow, known?: Entry): Entry {
    const author = this.#people.find(row.sender);
    let entry = known;
    if (entry?.row !== row || entry.author !== author) {
      const key = known?.key ?? this.#claimed.get(row) ?? this.#newKey(row);
      entry = toEntry(key, row, author);
    }
    this.#entries.add(entry);
    return entry;
  }

  #newKey(row: MessageRow): string {
    const id = this.#mirror.keyOf(row);
    return id === row ? this.#entries.newKey(row) : valueText(id);
  }

  /** Updates the shown list, also after a change to the outbox. */
  report(): void {
    const loading = this.#loading?.query;
    if (loading?.status === 'error') this.#settle(loading.error);
    if (this.#isReady() && !loading) {
      this.#isFilled = true;
      this.#settle();
    }
    if (this.#isReady()) this.#outbox.decide();
    const progress = worstOf(this.#isFilled || !loading ? this.#complete : [...this.#complete, loading]);
    const history = {
      isLoading: loading !== undefined && loading.status !== 'error',
      reachedStart: this.#reachedStart,
      hiddenCount: this.#isFilled ? this.#hidden.size : 0,
    };
    if (progress.status === 'error') this.#internals.checkSchema();
    this.#listener.onSpans([...this.#shown, ...(this.#loading ? [this.#loading.span] : emptyList)]);
    if (this.#isFilled) this.#publish(this.#withOwn(), progress, history);
    // People's own new messages must not disappear, even while others are still loading.
    else
      this.#publish(this.#ownOnly(), progress.status === 'error' ? progress : { status: 'loading' }, history);
  }

  #own(): readonly ChatMessage[] {
    const me = this.#internals.identity.get();
    return me ? this.#outbox.show(this.#people.find(me)) : emptyList;
  }

  /** Our own messages that the server has by now, and then the others. */
  #ownOnly(): readonly ChatMessage[] {
    const own = this.#own();
    const list: ChatMessage[] = [];
    for (const row of this.#claimed.keys()) {
      if (!canBeShown(row)) continue;
      const known = this.#entries.find(row);
      if (known) this.#entries.delete(known);
      list.push(this.#enter(row, known));
    }
    list.push(...own);
    if (!isSame(this.#withOwnList, list)) this.#withOwnList = list;
    return this.#withOwnList;
  }

  /** The server's messages followed by our own; the same list until one of the two changes. */
  #withOwn(): readonly ChatMessage[] {
    const own = this.#own();
    if (own.length === 0) return this.#list;
    const [list, last] = this.#withOwnSources;
    if (list !== this.#list || last !== own) {
      this.#withOwnSources = [this.#list, own];
      this.#withOwnList = append<ChatMessage>(this.#list, own);
    }
    return this.#withOwnList;
  }

  #settle(error?: Error): void {
    for (const settle of this.#waiting) settle(error);
    this.#waiting.clear();
  }
}
