import { valueText } from '../../compare.ts';
import { emptyList, noop } from '../../empty.ts';
import type { Internals } from '../../internals.ts';
import { liveStatus, liveStore } from '../../live-store.ts';
import type { Acquire } from '../../ref-count.ts';
import { isSame } from '../../sorted-list.ts';
import { Store } from '../../store.ts';
import type { Live, LiveStatus } from '../../types.ts';
import { momentText, toEntry } from '../entries.ts';
import { MomentMap, type Moment } from '../moment-map.ts';
import type { ChatParts } from '../parts.ts';
import type { ChatMessage, MessageRow } from '../types.ts';
import { noRows } from './annotation-index.ts';
import { Annotations, type AnnotationsListener } from './annotations.ts';
import { detailsOf, keepSame, noDetails } from './details.ts';
import { idOfMoment } from './message-id.ts';
import type { OptimisticChanges } from './optimistic.ts';
import type { ReplyRow, RuleRow } from './rows.ts';
import type { MessageDetails, Quote } from './types.ts';

/** The store of one message. */
interface Item {
  readonly live: Live<MessageDetails>;
  readonly value: Store<MessageDetails>;
  /** The message as last passed in; needed while it is pending. */
  readonly message: ChatMessage;
  /** Undefined while it is pending. */
  moment: Moment | undefined;
  /** The people in its details. */
  people: ReadonlySet<bigint>;
  /** Ends the separate subscription of this message, if it is outside the loaded spans. */
  unwatch: () => void;
}

/** The stores with the details of messages. */
export class DetailsStores {
  readonly pins: Live<readonly ChatMessage[]>;
  readonly status;
  /** Keeps the rows subscribed. */
  readonly keep: Acquire;
  readonly #internals: Internals;
  readonly #parts: ChatParts;
  readonly #changes: OptimisticChanges;
  #annotations: Annotations | undefined;
  /** The store of each row, or of each pending message. */
  readonly #known = new WeakMap<object, Item>();
  /** The stores with subscribers, by message, by the key of a pending message, and by the people in them. */
  readonly #byMoment = new MomentMap<Set<Item>>();
  readonly #byKey = new Map<string, Set<Item>>();
  readonly #byPerson = new Map<bigint, Set<Item>>();
  /** The stores whose answered message is not loaded yet. */
  readonly #waiting = new Set<Item>();
  readonly #made = new WeakMap<MessageRow, ChatMessage>();
  #publishPins = noop;

  constructor(
    internals: Internals,
    parts: ChatParts,
    rules: Live<readonly RuleRow[]>,
    changes: OptimisticChanges,
  ) {
    this.#internals = internals;
    this.#parts = parts;
    this.#changes = changes;
    const listener: AnnotationsListener = {
      onRows: (messages, arePinsNew) => {
        for (const message of messages) this.refresh(message);
        if (arePinsNew) this.#publishPins();
      },
      onPeople: (people) => {
        for (const person of people) this.#refreshAll(this.#byPerson.get(person));
        this.#publishPins();
      },
      onStatus: () => this.#showStatus(),
    };
    this.keep = internals.refCounts.create(() => {
      const release = internals.keepOpen();
      const current = (this.#annotations = new Annotations(internals, parts, rules, listener));
      parts.claims.add(this.#claimed);
      this.#showStatus();
      return () => {
        this.#annotations = undefined;
        parts.claims.delete(this.#claimed);
        current.stop();
        release();
        if (!internals.refCounts.isClosed) this.status.set(liveStatus({ status: 'idle' }));
      };
    });
    this.status = new Store<LiveStatus>(internals.scope, liveStatus({ status: 'idle' }), this.keep);
    this.pins = liveStore<readonly ChatMessage[]>(internals, emptyList, (set) => {
      const release = this.keep();
      let shown: readonly ChatMessage[] = emptyList;
      this.#publishPins = () => {
        const next = this.#pinned();
        if (!isSame(shown, next)) shown = next;
        set(shown, this.#annotations?.progress ?? { status: 'loading' });
      };
      this.#publishPins();
      return () => {
        this.#publishPins = noop;
        release();
      };
    });
  }

  of(message: ChatMessage): Live<MessageDetails> {
    return this.#item(message).live;
  }

  /** Updates the stores of a message. */
  refresh(message: Moment): void {
    this.#refreshAll(this.#byMoment.get(message));
  }

  showPins(): void {
    this.#publishPins();
  }

  /** The rows, while they are subscribed. */
  get annotations(): Annotations | undefined {
    return this.#annotations;
  }

  /** The message of a row, the same as in `messages` if it is there. */
  toMessage(row: MessageRow, { people }: Annotations): ChatMessage {
    const shown = this.#parts.messageAt(row);
    if (shown?.text === row.text) return shown;
    const author = people.find(row.sender);
    const known = this.#made.get(row);
    if (known?.author === author) return known;
    const { sender, sent } = row;
    const made = toEntry(shown?.key ?? valueText({ sender, sent }), row, author);
    this.#made.set(row, made);
    return made;
  }

  #item(message: ChatMessage): Item {
    const { row, key } = message;
    const [watched] = (row ? this.#byMoment.get(row) : undefined) ?? this.#byKey.get(key) ?? [];
    const known = watched ?? this.#known.get(row ?? message);
    const item = known ?? this.#create(message);
    if (!item.moment && row) {
      item.moment = row;
      this.#known.set(row, item);
    }
    return item;
  }

  #create(message: ChatMessage): Item {
    const value = new Store(this.#internals.scope, noDetails, () => {
      const release = this.keep();
      this.#start(item);
      return () => {
        this.#stop(item);
        release();
        if (!this.#internals.refCounts.isClosed) value.set(noDetails);
      };
    });
    const get = (): MessageDetails => {
      if (!this.#isWatched(item) && this.#annotations) this.#refresh(item);
      return value.get();
    };
    const live = { subscribe: value.subscribe, get, status: this.status.readable };
    const item: Item = { live, value, message, moment: message.row, people: new Set(), unwatch: noop };
    this.#known.set(message.row ?? message, item);
    return item;
  }

  #isWatched(item: Item): boolean {
    const watched = item.moment ? this.#byMoment.get(item.moment) : this.#byKey.get(item.message.key);
    return watched?.has(item) ?? false;
  }

  #start(item: Item): void {
    const { moment, message } = item;
    if (moment) {
      const items = this.#byMoment.get(moment) ?? new Set();
      this.#byMoment.set(moment, items.add(item));
      item.unwatch = this.#annotations?.watch(moment.sent) ?? noop;
    } else {
      this.#byKey.set(message.key, (this.#byKey.get(message.key) ?? new Set()).add(item));
    }
    this.#refresh(item);
  }

  #stop(item: Item): void {
    const { moment, message, unwatch } = item;
    unwatch();
    item.unwatch = noop;
    if (moment) {
      const items = this.#byMoment.get(moment);
      if (items?.delete(item) && items.size === 0) this.#byMoment.delete(moment);
    } else {
      const items = this.#byKey.get(message.key);
      if (items?.delete(item) && items.size === 0) this.#byKey.delete(message.key);
    }
    this.#waiting.delete(item);
    this.#setPeople(item, new Set());
  }

  /** Called when a pending message has become a row. */
  readonly #claimed = (key: string, row: MessageRow): void => {
    for (const item of [...(this.#byKey.get(key) ?? [])]) {
      this.#stop(item);
      item.moment = row;
      this.#known.set(row, item);
      this.#start(item);
    }
  };

  #refreshAll(items: Iterable<Item> = []): void {
    for (const item of [...items]) this.#refresh(item);
  }

  #refresh(item: Item): void {
    const { moment, message, value } = item;
    const annotations = this.#annotations;
    if (!annotations?.isAvailable) return value.set(noDetails);
    const people = new Set<bigint>();
    const userOf: Annotations['people']['find'] = (identity) => {
      people.add(identity.__identity__);
      return annotations.people.find(identity);
    };
    const quoteOf = ({ toSender, toSent }: Pick<ReplyRow, 'toSender' | 'toSent'>, text?: string): Quote => {
      const target = { sender: toSender, sent: toSent };
      const current = annotations.messageRow(target)?.text ?? text;
      const isHere = annotations.progress.status !== 'loading';
      const status = current !== undefined ? 'ready' : isHere ? 'deleted' : 'loading';
      return {
        author: userOf(toSender),
        sent: toSent.toDate(),
        status,
        text: current,
        id: idOfMoment(target),
      };
    };
    const me = this.#internals.identity.get();
    const details = detailsOf({
      rows: moment ? annotations.rowsOf(moment) : noRows,
      pending: this.#changes.of(moment ? momentText(moment) : ''),
      isMine: moment ? moment.sender.__identity__ === me?.__identity__ : true,
      me: me && annotations.people.find(me),
      userOf,
      quoteOf,
    });
    const { replyTo } = message;
    // Until the server confirms it.
    const isSaid = details.replyTo ?? (moment && annotations.progress.status !== 'loading');
    const target = isSaid ? undefined : replyTo?.row;
    const reply = target && quoteOf({ toSender: target.sender, toSent: target.sent }, replyTo?.text);
    const next = keepSame(value.get(), reply ? { ...details, replyTo: reply } : details);
    value.set(next);
    if (!this.#isWatched(item)) return;
    if (next.replyTo?.status === 'loading') this.#waiting.add(item);
    else this.#waiting.delete(item);
    this.#setPeople(item, people);
  }

  #setPeople(item: Item, people: ReadonlySet<bigint>): void {
    for (const person of item.people) {
      const items = this.#byPerson.get(person);
      if (!people.has(person) && items?.delete(item) && items.size === 0) this.#byPerson.delete(person);
    }
    for (const person of people) {
      const items = this.#byPerson.get(person) ?? new Set();
      this.#byPerson.set(person, items.add(item));
    }
    item.people = people;
  }

  #showStatus(): void {
    if (!this.#annotations) return;
    const { status, error } = this.#annotations.progress;
    const known = this.status.get();
    const isNew = status !== known.status || error !== known.error;
    if (isNew) this.status.set(liveStatus({ status, error }));
    if (isNew && status !== 'loading') this.#refreshAll(this.#waiting);
    if (isNew) this.#publishPins();
    if (status === 'ready') this.#changes.decide();
  }

  /** The last pinned first, after those that are being pinned. */
  #pinned(): ChatMessage[] {
    const annotations = this.#annotations;
    if (!annotations) return [];
    const isBeing = (value: boolean, message: Moment): boolean =>
      this.#changes.of(momentText(message)).get('pinned') === value;
    const rows = [...annotations.pins].sort(
      (a, b) => Number(b.at.microsSinceUnixEpoch - a.at.microsSinceUnixEpoch) || Number(b.id - a.id),
    );
    const being = this.#changes.messagesWith('pinned').filter((moment) => isBeing(true, moment));
    const moments: Moment[] = [...being.reverse(), ...rows.filter((row) => !isBeing(false, row))];
    const unique = new Map(moments.map((moment) => [momentText(moment), moment]));
    return [...unique.values()].flatMap((moment) => {
      const row = annotations.messageRow(moment);
      return row ? [this.toMessage(row, annotations)] : [];
    });
  }
}
