import { computed, combined } from '../../computed.ts';
import { emptyList, noop } from '../../empty.ts';
import { internalsOf } from '../../internals.ts';
import { liveStore } from '../../live-store.ts';
import { openQueryView } from '../../query-view.ts';
import { Store } from '../../store.ts';
import type { Connection, Live, LiveStatus, Unsubscribe } from '../../types.ts';
import { momentText } from '../entries.ts';
import { identityId } from '../identity-id.ts';
import { chatPartsOf } from '../parts.ts';
import type { Chat, ChatMessage, ChatUser, MessageRow } from '../types.ts';
import type { Annotations } from './annotations.ts';
import { DetailsStores } from './details-stores.ts';
import { REACTION } from './details.ts';
import { findMessage } from './find.ts';
import { idOfMoment } from './message-id.ts';
import { OptimisticChanges, type OptimisticChange } from './optimistic.ts';
import { createReadMark } from './read-mark.ts';
import type { BlockRow, FeaturesDb, ReadMarkRow, RuleRow } from './rows.ts';
import { hasAllWords, search } from './search.ts';
import type { ChatFeatures, FeaturesOptions } from './types.ts';
import { createTyping } from './typing.ts';

const MINUTE_MS = 60_000;
/** How long messages may be edited if the owner has not set a limit. */
const EDIT_MINUTES = 60;
const BLOCKS = 'blocks';

/**
 * Creates the stores and calls of a chat's features beyond the tutorial: reactions, replies, edits, mentions, pins,
 * search and more. They need a module with the tables, reducers and procedures of this repository's module. On any
 * other, `isAvailable` is false.
 *
 * Rows that belong to messages are subscribed for the same spans of time as the loaded messages.
 * @param connection the connection that the chat uses
 * @param chat the chat, from `createChat`
 * @param options how to search while there is no connection
 * @returns the features
 * @throws TypeError when `chat` does not come from `createChat`
 * @example
 * ```ts
 * const chat = createChat(connection);
 * const { details } = createFeatures(connection, chat);
 * chat.messages.subscribe(([first]) => {
 *   if (first) details(first).subscribe(({ reactions }) => console.log(reactions[0]?.emoji)); // 👋
 * });
 * ```
 */
export function createFeatures(
  connection: Connection<FeaturesDb>,
  chat: Chat,
  { matches = hasAllWords }: FeaturesOptions = {},
): ChatFeatures {
  const internals = internalsOf(connection);
  const parts = chatPartsOf(chat);
  const { environment, scope, identity } = internals;
  const { maxQueued } = parts;
  const changes = new OptimisticChanges(connection, scope, maxQueued);

  const rules = rowsOf<RuleRow>('messageRule', 'message_rule');
  const isAvailable = combined([rules.status], ([status]) => isKnown(status as LiveStatus));
  const stores = new DetailsStores(internals, parts, rules, changes);
  const editLimitMs = computed([rules], ([rule]) => {
    const minutes = rule?.editMinutes ?? EDIT_MINUTES;
    return minutes === 0 ? undefined : minutes * MINUTE_MS;
  });

  const blockRows = ifAvailable(rowsOf<BlockRow>('ownBlocks', 'own_blocks'));
  const blocksChanged = new Store(scope, 0);
  let blockedNow: ReadonlySet<string> = new Set();
  const blocked = computed([blockRows, blocksChanged.readable], (rows) => {
    const next = new Set(rows.map(({ identity }) => identityId(identity)));
    for (const [id, isBlocked] of changes.of(BLOCKS)) {
      if (isBlocked) next.add(id);
      else next.delete(id);
    }
    const isSame = next.size === blockedNow.size && [...next].every((id) => blockedNow.has(id));
    return isSame ? blockedNow : (blockedNow = next);
  });

  const readRows = ifAvailable(rowsOf<ReadMarkRow>('ownReadMarks', 'own_read_marks'));
  const readMark = createReadMark(connection, environment, scope);
  const readTime = computed([readRows, readMark.local, identity], ([row], mark, me) => {
    const server = row?.sent.microsSinceUnixEpoch;
    const local = mark?.by === me?.__identity__ ? mark?.sent : undefined;
    return local === undefined || (server !== undefined && server > local) ? server : local;
  });
  const readUntil = computed([readTime], (micros) =>
    micros === undefined ? undefined : new Date(Number(micros / 1_000n)),
  );
  const typing = createTyping(connection, internals, chat, rules.status, blocked);

  function rowsOf<Row extends object>(table: string, sqlName: string): Live<readonly Row[]> {
    const source = { table, sql: `SELECT * FROM ${sqlName}`, matches: undefined, order: undefined };
    return liveStore<readonly Row[]>(internals, emptyList, (set) =>
      openQueryView(internals.subscriptions, source, set),
    );
  }

  /** Subscribes a query once the server is known to have the tables. */
  function ifAvailable<Row>(rows: Live<readonly Row[]>): Live<readonly Row[]> {
    return liveStore<readonly Row[]>(internals, emptyList, (set) => {
      let stops: Unsubscribe[] = [];
      const stop = (): void => stops.splice(0).forEach((stop) => stop());
      const show = (): void => set(rows.get(), rows.status.get());
      const stopAsking = rules.status.subscribe((status) => {
        if (isKnown(status) && stops.length === 0)
          stops = [rows.subscribe(noop), rows.subscribe(show), rows.status.subscribe(show)];
        if (isKnown(status)) return;
        stop();
        set(emptyList, status.status === 'idle' ? { status: 'loading' } : status);
      });
      return () => {
        stopAsking();
        stop();
      };
    });
  }

  /** Changes a message, and shows the change at once. */
  function change(
    message: ChatMessage,
    part: string,
    value: boolean | string,
    call: (db: FeaturesDb, row: MessageRow) => Promise<void>,
    isMade: (annotations: Annotations, row: MessageRow) => boolean,
  ): Promise<void> {
    const row = rowOf(message);
    return changes.make({
      of: momentText(row),
      part,
      value,
      moment: row,
      call: (db) => call(db, row),
      isMade() {
        const { status } = stores.status.get();
        if (status === 'error') return false;
        return status === 'ready' && stores.annotations ? isMade(stores.annotations, row) : undefined;
      },
      keepRows: () => stores.of(message).subscribe(noop),
      show() {
        stores.refresh(row);
        if (part === 'pinned') stores.showPins();
      },
    });
  }

  function changePin(message: ChatMessage, isPinned: boolean): Promise<void> {
    return change(
      message,
      'pinned',
      isPinned,
      ({ reducers }, { sender, sent }) =>
        isPinned ? reducers.pinMessage({ sender, sent }) : reducers.unpinMessage({ sender, sent }),
      (annotations, row) => annotations.rowsOf(row).pin.length > 0 === isPinned,
    );
  }

  function changeBlock(user: ChatUser, isBlocked: boolean): Promise<void> {
    const blockChange: OptimisticChange = {
      of: BLOCKS,
      part: user.id,
      value: isBlocked,
      call: ({ reducers }) =>
        isBlocked
          ? reducers.blockPerson({ identity: user.identity })
          : reducers.unblockPerson({ identity: user.identity }),
      isMade() {
        const { status } = blockRows.status.get();
        if (status === 'error') return false;
        if (status !== 'ready') return undefined;
        return blockRows.get().some(({ identity }) => identityId(identity) === user.id) === isBlocked;
      },
      keepRows: () => blockRows.status.subscribe(() => changes.decide()),
      show: () => blocksChanged.set(blocksChanged.get() + 1),
    };
    return changes.make(blockChange);
  }

  /** Waits for the details of a message, if they are loading. */
  async function whenLoaded(message: ChatMessage): Promise<void> {
    const { status } = stores.of(message);
    let stop = noop;
    await new Promise<void>((resolve) => {
      stop = status.subscribe(({ isLoading }) => isLoading || resolve());
    });
    stop();
  }

  function toggleReaction(message: ChatMessage, emoji: string): Promise<void> {
    const { reactions } = stores.of(message).get();
    const isOn = !reactions.some((reaction) => reaction.emoji === emoji && reaction.isMine);
    const by = identity.get()?.__identity__;
    return change(
      message,
      REACTION + emoji,
      isOn,
      ({ reducers }, { sender, sent }) =>
        isOn
          ? reducers.addReaction({ sender, sent, emoji })
          : reducers.removeReaction({ sender, sent, emoji }),
      (annotations, row) => {
        const { reaction } = annotations.rowsOf(row);
        return reaction.some((own) => own.emoji === emoji && own.person.__identity__ === by) === isOn;
      },
    );
  }

  return {
    isAvailable,
    details: (message) => stores.of(message),
    idOf: ({ row }) => row && idOfMoment(row),
    find: (id) => findMessage(internals, connection, chat, parts, id),
    async toggleReaction(message, emoji) {
      if (stores.status.get().isReady || stores.status.get().isStale) return toggleReaction(message, emoji);
      const stop = stores.of(message).subscribe(noop);
      try {
        await whenLoaded(message);
        await toggleReaction(message, emoji);
      } finally {
        stop();
      }
    },
    canEdit(message) {
      const { row, mine, sent } = message;
      const limit = editLimitMs.get();
      const isInTime = limit === undefined || environment.now() - sent.getTime() <= limit;
      return mine && row !== undefined && isInTime && !stores.of(message).get().isBeingDeleted;
    },
    edit: (message, text) =>
      change(
        message,
        'text',
        text,
        ({ reducers }, { sent }) => reducers.editMessage({ sent, text }),
        (annotations, row) => annotations.messageRow(row)?.text.trim() === text.trim(),
      ),
    deleteOwn: (message) =>
      change(
        message,
        'deleted',
        true,
        ({ reducers }, { sent }) => reducers.deleteOwnMessage({ sent }),
        (annotations, row) => annotations.messageRow(row) === undefined,
      ),
    pin: (message) => changePin(message, true),
    unpin: (message) => changePin(message, false),
    pins: stores.pins,
    async versions(message) {
      const { sender, sent } = rowOf(message);
      const found = await connection.call(({ procedures }) => procedures.messageVersions({ sender, sent }));
      return found.map(({ text, at }) => ({ text, at: at.toDate() }));
    },
    typing: typing.people,
    setTyping: typing.setTyping,
    search: (text, options = {}) => search(connection, chat, stores, matches, text, options),
    readUntil,
    markRead({ row }) {
      if (row && rules.status.get().status !== 'error') readMark.mark(row.sent.microsSinceUnixEpoch);
    },
    countUnread: () => connection.call(({ procedures }) => procedures.countUnread({})),
    blocked,
    block: (user) => changeBlock(user, true),
    unblock: (user) => changeBlock(user, false),
    report(message, reason) {
      const { sender, sent } = rowOf(message);
      return connection.call(({ reducers }) => reducers.reportMessage({ sender, sent, reason }), {
        maxQueued,
      });
    },
    editLimitMs,
  };
}

function isKnown({ isReady, isStale }: LiveStatus): boolean {
  return isReady || isStale;
}

/** @throws TypeError when the server does not have the message */
function rowOf({ row }: ChatMessage): MessageRow {
  if (!row) throw new TypeError('The server does not have this message yet');
  return row;
}
