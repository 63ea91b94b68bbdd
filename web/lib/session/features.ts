/** Reactions, replies, search and so on. Loaded after the first messages are shown. */
import { createFeatures, type ChatFeatures } from 'spacetimedb-stores/chat';
import { searchKey, searchWords } from '../../../spacetimedb/src/search-text.ts';
import type { OpenChat } from './open-chat.ts';

export function openFeatures({ connection, chat }: OpenChat): ChatFeatures {
  return createFeatures(connection, chat, { matches });
}

/** The rule of the module's search. */
function matches(text: string, search: string): boolean {
  const key = searchKey(text);
  return searchWords(search).every((word) => key.includes(word));
}
