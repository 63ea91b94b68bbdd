/** The output of `npm run room -- export`: a room as JSON, for reading or moving to another server. */

/** Identities are 64 hex digits without `0x`; times are microseconds since 1970. */
export interface RoomFile {
  readonly format: 'spacetimedb-chat-room';
  readonly version: 1;
  readonly exported: string;
  readonly people: readonly Person[];
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** What belongs to the messages, in order of creation. Absent in files of older versions. */
  readonly replies?: readonly Reply[];
  readonly versions?: readonly Version[];
  readonly reactions?: readonly Reaction[];
  readonly mentions?: readonly Mention[];
  readonly pins?: readonly Pin[];
  readonly moderators: readonly string[];
  readonly bans: readonly { readonly identity: string; readonly reason: string }[];
  readonly mutes: readonly { readonly identity: string; readonly until: number; readonly reason: string }[];
  /** The owner's settings that differ from the defaults, by the reducer that sets them. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Person {
  readonly identity: string;
  readonly name: string | null;
}

export interface Message {
  readonly sender: string;
  readonly sent: number;
  readonly text: string;
}

interface OfMessage {
  readonly sender: string;
  readonly sent: number;
}

interface Reply extends OfMessage {
  readonly toSender: string;
  readonly toSent: number;
}

/** A text that was replaced at `at`. */
interface Version extends OfMessage {
  readonly at: number;
  readonly text: string;
}

interface Reaction extends OfMessage {
  readonly person: string;
  readonly emoji: string;
}

interface Mention extends OfMessage {
  readonly person: string;
  readonly isEveryone: boolean;
  readonly name: string;
}

interface Pin extends OfMessage {
  readonly pinnedBy: string;
  readonly at: number;
}

/** @throws {Error} when the text is not an output of {@link formatRoom} */
export function parseRoom(text: string): RoomFile {
  let room: Partial<RoomFile> | null;
  try {
    room = JSON.parse(text) as Partial<RoomFile> | null;
  } catch (error) {
    throw new Error(`the file is no exported room: ${(error as Error).message}`, { cause: error });
  }
  if (room?.format !== 'spacetimedb-chat-room') throw new Error('the file is no exported room');
  if (room.version !== 1)
    throw new Error(`the file is of version ${room.version}; this program reads version 1`);
  const lists = [room.people, room.messages, room.moderators, room.bans, room.mutes];
  if (!lists.every(Array.isArray) || typeof room.settings !== 'object') {
    throw new Error('the file is not complete');
  }
  return room as RoomFile;
}

/** One person or message per line, so that the file can be read and compared. */
export function formatRoom(room: RoomFile): string {
  const fields = Object.entries(room).map(([name, value]) => {
    const isList = Array.isArray(value) && value.length > 0;
    const text = isList
      ? `[\n${value.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]`
      : JSON.stringify(value);
    return `${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
