/** What `npm run room -- export` writes: a room as JSON, to read it again or to move it to another server. */

/** Identities are 64 hex digits without `0x`; times are microseconds since 1970. */
export interface RoomFile {
  readonly format: 'spacetimedb-chat-room';
  readonly version: 1;
  readonly exported: string;
  readonly people: readonly Person[];
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly moderators: readonly string[];
  readonly bans: readonly { readonly identity: string; readonly reason: string }[];
  readonly mutes: readonly { readonly identity: string; readonly until: number; readonly reason: string }[];
  /** What the owner has set, by the reducer that sets it; only what differs from the defaults. */
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

/** @throws {Error} when the text is not what {@link formatRoom} writes */
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

/** One person or message a line, so that the file can be read and compared. */
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
