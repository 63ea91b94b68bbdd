import { readDetails } from './details.ts';
import type { Message, Person, RoomFile } from './room-file.ts';
import { identity, micros, type RoomServer } from './room-server.ts';

/** The table of each setting, its columns, and the reducer that sets them. */
const SETTINGS = [
  ['set_retention', 'retention', ['keep_messages', 'keep_days']],
  [
    'set_flood_limits',
    'flood_limits',
    [
      'burst',
      'per_minute',
      'newcomer_burst',
      'newcomer_per_minute',
      'newcomer_minutes',
      'repeats',
      'connections',
    ],
  ],
  ['set_room_limits', 'room_limits', ['messages_per_second', 'message_burst', 'names_per_minute']],
  ['set_admission', 'admission_policy', ['policy', 'minutes']],
  ['set_name_release', 'name_rule', ['away_days']],
  ['set_room_title', 'room_title', ['title']],
  ['set_edit_limit', 'message_rule', ['edit_minutes']],
] as const;

/**
 * Exports a room. Silent visitors, past moderation actions, open reports, read marks and blocks are left out.
 *
 * @throws {Error} when the caller does not own the database and so cannot read its private tables
 */
export async function exportRoom(server: RoomServer): Promise<RoomFile> {
  const messages = (await server.rows('message', ['sender', 'sent', 'text']))
    .map(([sender, sent, text]): Message => ({
      sender: identity.fromJson(sender),
      sent: micros.fromJson(sent),
      text: text as string,
    }))
    .sort((a, b) => a.sent - b.sent);
  const authors = new Set(messages.map(({ sender }) => sender));
  const staff = await server.rows('staff', ['identity', 'role']);
  const mutes = await server.rows('mute', ['identity', 'until', 'reason']);
  const bans = await server.rows('ban', ['identity', 'reason']);
  const moderators = staff.filter(([, role]) => role === 'moderator');
  const judged = new Set([...mutes, ...bans, ...moderators].map(([subject]) => identity.fromJson(subject)));
  const people = (await server.rows('user', ['identity', 'name']))
    .map(([subject, name]): Person => ({ identity: identity.fromJson(subject), name: optional(name) }))
    .filter((person) => person.name !== null || authors.has(person.identity) || judged.has(person.identity));
  const known = new Set(people.map((person) => person.identity));
  // In rooms from before visitors were recorded, authors may have no row.
  for (const author of authors) if (!known.has(author)) people.push({ identity: author, name: null });
  return {
    format: 'spacetimedb-chat-room',
    version: 1,
    exported: new Date().toISOString(),
    people,
    messages,
    ...(await readDetails(server)),
    moderators: moderators.map(([subject]) => identity.fromJson(subject)),
    bans: bans.map(([subject, reason]) => ({
      identity: identity.fromJson(subject),
      reason: reason as string,
    })),
    mutes: mutes.map(([subject, until, reason]) => ({
      identity: identity.fromJson(subject),
      until: micros.fromJson(until),
      reason: reason as string,
    })),
    settings: await readSettings(server),
  };
}

async function readSettings(server: RoomServer): Promise<RoomFile['settings']> {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const [reducer, table, columns] of SETTINGS) {
    const [row] = await server.rows(table, columns);
    if (row) settings[reducer] = Object.fromEntries(columns.map((column, index) => [column, row[index]]));
  }
  return settings;
}

/** `[0, value]` or `[1, []]`. */
function optional(value: unknown): string | null {
  const [tag, text] = value as [number, unknown];
  return tag === 0 ? (text as string) : null;
}
