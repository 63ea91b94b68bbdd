import { Timestamp } from 'spacetimedb';
import { NotConnectedError, UnknownOutcomeError } from '../../errors.ts';
import type { Connection } from '../../types.ts';
import type { Chat, ChatMessage } from '../types.ts';
import type { DetailsStores } from './details-stores.ts';
import type { FeaturesDb } from './rows.ts';
import type { SearchOptions } from './types.ts';

const MOST = 50;

/** Whether a text contains all words of another, ignoring case and accents. */
export function hasAllWords(text: string, search: string): boolean {
  const plain = withoutAccents(text);
  return withoutAccents(search)
    .split(/\s+/)
    .every((word) => plain.includes(word));
}

function withoutAccents(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Searches on the server, or the loaded messages while there is no connection. */
export async function search(
  connection: Connection<FeaturesDb>,
  chat: Chat,
  stores: DetailsStores,
  matches: (text: string, search: string) => boolean,
  text: string,
  { before, limit = 20 }: SearchOptions,
): Promise<readonly ChatMessage[]> {
  const most = Math.max(0, Math.min(limit, MOST));
  const until = before && ('text' in before ? timeOf(before) : Timestamp.fromDate(before));
  // Keeps people subscribed, because they are the authors of the results.
  const release = stores.keep();
  try {
    if (['reconnecting', 'offline'].includes(connection.status.get().status)) return searchLoaded();
    const found = await connection.call(({ procedures }) =>
      procedures.searchMessages({ text, before: until, limit: most }),
    );
    const { annotations } = stores;
    return annotations ? found.map((row) => stores.toMessage(row, annotations)) : [];
  } catch (error) {
    if (error instanceof NotConnectedError || error instanceof UnknownOutcomeError) return searchLoaded();
    throw error;
  } finally {
    release();
  }

  function searchLoaded(): ChatMessage[] {
    if (text.trim() === '') return [];
    const end = until?.microsSinceUnixEpoch;
    return [...chat.messages.get()]
      .filter(({ row }) => row && (end === undefined || row.sent.microsSinceUnixEpoch < end))
      .filter((message) => matches(message.text, text))
      .reverse()
      .slice(0, most);
  }
}

function timeOf({ row, sent }: ChatMessage): Timestamp {
  return row?.sent ?? Timestamp.fromDate(sent);
}
