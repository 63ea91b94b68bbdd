/** State and actions of the moderation tools. */
import { guestName } from '../../../spacetimedb/src/guest-names.ts';
import type { Connection } from 'spacetimedb-stores';
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { fromReadable, liveQuery, type Current } from 'spacetimedb-stores/svelte';
import { tables, type DbConnection } from '../../module_bindings/index.ts';
import type {
  OpenReport,
  PersonStanding,
  RecordedAct,
  Settings as RoomSettings,
  WaitingPerson,
} from '../../module_bindings/types.ts';
import type { MessageModeration } from '../message-menu/message-actions.svelte.ts';
import type { OpenChat } from '../session/open-chat.ts';
import type { ReportedMessage } from './reported.ts';
import { byId, isMuted, type ReaderStanding } from './standing.ts';
import type { ModerationTexts } from './texts/en.ts';
import { undoOf, type Undo } from './undo.ts';
import { now } from '../ui/now.svelte.ts';

/** The module's default. */
const DEFAULT_EDIT_MINUTES = 60;

export type OpenDialog =
  | { readonly kind: 'room' }
  | { readonly kind: 'message'; readonly message: ChatMessage }
  /** `fromMessage`: opened from the dialog of one of their messages. */
  | { readonly kind: 'person'; readonly id: string; readonly fromMessage?: true };

/** Limits for all people together; see `set_room_limits` in the module. */
export type RoomLimits = Pick<RoomSettings, 'messagesPerSecond' | 'messageBurst' | 'namesPerMinute'>;

/** Limits for one person; see `set_flood_limits` in the module. */
export type FloodLimits = Omit<
  RoomSettings,
  'id' | 'keepMessages' | 'keepDays' | 'admission' | 'admissionMinutes' | 'awayDays' | keyof RoomLimits
>;

export class ModerationController {
  dialog = $state.raw<OpenDialog>();
  readonly #connection: Connection<DbConnection>;
  readonly #reader: ReaderStanding;
  readonly #users: Current<readonly ChatUser[]>;
  readonly #acts: Current<readonly RecordedAct[]>;
  readonly #settings: Current<readonly RoomSettings[]>;
  readonly #waiting: Current<readonly WaitingPerson[]>;
  readonly #reports: Current<readonly OpenReport[]>;
  readonly #rules: Current<readonly { readonly editMinutes: number }[]>;
  readonly #titles: Current<readonly { readonly title: string }[]>;

  constructor({ chat, connection }: OpenChat, reader: ReaderStanding) {
    this.#connection = connection;
    this.#reader = reader;
    this.#users = fromReadable(chat.users);
    this.#acts = liveQuery(tables.moderationLog, { connection });
    this.#settings = liveQuery(tables.roomSettings, { connection });
    this.#waiting = liveQuery(tables.waitingPeople, { connection });
    this.#reports = liveQuery(tables.openReports, { connection });
    this.#rules = liveQuery(tables.messageRule, { connection });
    this.#titles = liveQuery(tables.roomTitle, { connection });
  }

  readonly #people = $derived.by(() => byId(this.#users.current, ({ id }) => id));

  /** Moderation log, newest first. */
  readonly acts = $derived.by(() => this.#acts.current.toSorted((a, b) => Number(b.id - a.id)));

  /** The room settings; undefined while loading, and for everyone but the owner. */
  get settings(): RoomSettings | undefined {
    return this.#settings.current[0];
  }

  /** The owner's name for the room; empty if there is none. */
  get title(): string {
    return this.#titles.current[0]?.title ?? '';
  }

  /** Open reports. */
  get reports(): readonly OpenReport[] {
    return this.#reports.current;
  }

  /** For how many minutes people can edit their messages; 0 for no limit. */
  get editMinutes(): number {
    return this.#rules.current[0]?.editMinutes ?? DEFAULT_EDIT_MINUTES;
  }

  /** Identities of people waiting for approval, longest waiting first. */
  readonly waiting = $derived.by(() =>
    this.#waiting.current
      .toSorted((a, b) => Number(a.since.microsSinceUnixEpoch - b.since.microsSinceUnixEpoch))
      .map(({ identity }) => identity),
  );

  get isOwner(): boolean {
    return this.#reader.mine?.role === 'owner';
  }

  person(id: string): ChatUser | undefined {
    return this.#people.get(id);
  }

  /** The person's name, or the start of their identity if they have none. */
  nameOf(id: string): string {
    return this.person(id)?.label ?? guestName(id);
  }

  standing(id: string): PersonStanding | undefined {
    return this.#reader.people.get(id);
  }

  /** People who are muted or banned. */
  readonly restricted = $derived.by(() =>
    [...this.#reader.people].filter(([, standing]) => standing.bannedSince ?? isMuted(standing, now())),
  );

  /** Whether the reader may act on a person: not on themselves, and only the owner may act on moderators. */
  canModerate(user: ChatUser): boolean {
    if (user.isMe) return false;
    const { role } = this.standing(user.id) ?? {};
    return role === undefined || (this.isOwner && role === 'moderator');
  }

  /** For the menu of a message. */
  readonly messages: MessageModeration = {
    deleteMessage: (message) => (this.dialog = { kind: 'message', message }),
    moderate: ({ id }) => (this.dialog = { kind: 'person', id }),
    canModerate: (author) => this.canModerate(author),
  };

  undo(act: RecordedAct, texts: ModerationTexts): Undo | undefined {
    return undoOf(act, this.acts, this.standing(act.subject.toHexString()), this.isOwner, now(), texts);
  }

  /** Calls a reducer. Settles as `Connection.call` does. */
  readonly call = (run: (reducers: DbConnection['reducers']) => Promise<void>): Promise<void> =>
    this.#connection.call(({ reducers }) => run(reducers));

  deleteMessage({ row }: ChatMessage, reason: string): Promise<void> {
    if (!row) return Promise.reject(new Error('The server does not have this message'));
    const { sender, sent } = row;
    return this.call((reducers) => reducers.deleteMessage({ sender, sent, reason }));
  }

  /** Closes all reports of a message. */
  closeReports({ sender, sent }: ReportedMessage): Promise<void> {
    return this.call((reducers) => reducers.closeReports({ sender, sent }));
  }

  /** Deletes a reported message, for the reason of its first report, and closes its reports. */
  async deleteReported(message: ReportedMessage): Promise<void> {
    const { sender, sent, reports } = message;
    const reason = reports[0]?.reason ?? '';
    try {
      await this.call((reducers) => reducers.deleteMessage({ sender, sent, reason }));
    } catch (error) {
      // The message is already gone, which was the goal.
      if (!(error instanceof Error && error.message === 'Message not found')) throw error;
    }
    await this.closeReports(message);
  }
}
