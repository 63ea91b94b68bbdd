export { createChat } from './create-chat.ts';
export type {
  Chat,
  ChatDb,
  ChatHistory,
  ChatMessage,
  ChatOptions,
  ChatUser,
  MessageRow,
  SendOptions,
  UserRow,
} from './types.ts';
export { createFeatures } from './features/index.ts';
export type { FeaturesDb } from './features/rows.ts';
export type {
  ChatFeatures,
  FeaturesOptions,
  Mention,
  MessageDetails,
  MessageVersion,
  Quote,
  Reaction,
  SearchOptions,
  UnreadCount,
} from './features/types.ts';
