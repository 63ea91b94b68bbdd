import { Timestamp } from 'spacetimedb';
import { emptyList, noop } from '../../empty.ts';
import type { Internals } from '../../internals.ts';
import { liveStore } from '../../live-store.ts';
import { openQueryView } from '../../query-view.ts';
import type { Connection } from '../../types.ts';
import type { ChatParts } from '../parts.ts';
import type { Chat, ChatMessage, MessageRow } from '../types.ts';
import type { FeaturesDb } from './rows.ts';
import { idOfMoment, timeInId, timeLiteral } from './message-id.ts';

/** Finds a message by its id. Asks the server first, so that a wrong id does not load the whole history. */
export async function findMessage(
  internals: Internals,
  connection: Connection<FeaturesDb>,
  chat: Chat,
  { messageAt }: ChatParts,
  id: string,
): Promise<ChatMessage | undefined> {
  const micros = timeInId(id);
  if (micros === undefined) return undefined;
  const source = {
    table: 'message',
    sql: `SELECT * FROM message WHERE sent = ${timeLiteral(new Timestamp(micros))}`,
    matches: (row: MessageRow) => row.sent.microsSinceUnixEpoch === micros && idOfMoment(row) === id,
    order: undefined,
  };
  const rows = liveStore<readonly MessageRow[]>(internals, emptyList, (set) =>
    openQueryView(internals.subscriptions, source, set),
  );
  let stops: (() => void)[] = [];
  try {
    await new Promise<void>((resolve) => {
      stops = [
        rows.subscribe(noop),
        rows.status.subscribe(({ isReady, error }) => (isReady || error) && resolve()),
        connection.status.subscribe(({ status }) => status === 'closed' && resolve()),
      ];
    });
    const [row] = rows.get();
    if (!row) return undefined;
    await chat.loadUntil(new Date(Number(micros / 1_000n)));
    return messageAt(row);
  } finally {
    for (const stop of stops) stop();
  }
}
