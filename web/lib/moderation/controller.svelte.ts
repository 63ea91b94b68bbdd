/** What those who moderate see and do. */
import type { Connection } from 'spacetimedb-stores';
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { fromReadable, liveQuery, type Current } from 'spacetimedb-stores/svelte';
import { tables, type DbConnection } from '../../module_bindings/index.ts';
import type {
  PersonStanding,
  RecordedAct,
  Settings as RoomSettings,
  WaitingPerson,
} from '../../module_bindings/types.ts';
import type { OpenChat } from '../session/open-chat.ts';
import Dialogs from './Dialogs.svelte';
import MessageTools from './MessageTools.svelte';
import PersonTools from './PersonTools.svelte';
import RoomButton from './RoomButton.svelte';
import { byId, isMuted } from './standing.ts';
import { undoOf, type Undo } from './undo.ts';
import { now } from '../ui/now.svelte.ts';
import type { Moderation } from './moderation.svelte.ts';
import { RovingFocus } from '../ui/roving-focus.ts';

/** What is open, if anything. */
export type OpenDialog =
  | { readonly kind: 'room' }
  | { readonly kind: 'message'; readonly message: ChatMessage }
  /** `fromMessage`: the dialog of a message of theirs has led here. */
  | { readonly kind: 'person'; readonly id: string; readonly fromMessage?: true };

/** How much everybody together may do; see `set_room_limits` of the module. */
export type RoomLimits = Pick<RoomSettings, 'messagesPerSecond' | 'messageBurst' | 'namesPerMinute'>;

/** How much one person may do; see `set_flood_limits` of the module. */
export type FloodLimits = Omit<
  RoomSettings,
  'id' | 'keepMessages' | 'keepDays' | 'admission' | 'admissionMinutes' | keyof RoomLimits
>;

export class ModerationController {
  /** What the page gets, each where it belongs. */
  readonly Dialogs = Dialogs;
  readonly MessageTools = MessageTools;
  readonly PersonTools = PersonTools;
  readonly RoomButton = RoomButton;
  dialog = $state.raw<OpenDialog>();
  /** What is for each message, and for each person. The newest message is where one comes from. */
  readonly messageButtons = new RovingFocus(-1);
  readonly personButtons = new RovingFocus(0);
  readonly #connection: Connection<DbConnection>;
  readonly #moderation: Moderation;
  readonly #users: Current<readonly ChatUser[]>;
  readonly #acts: Current<readonly RecordedAct[]>;
  readonly #settings: Current<readonly RoomSettings[]>;
  readonly #waiting: Current<readonly WaitingPerson[]>;

  constructor({ chat, connection }: OpenChat, moderation: Moderation) {
    this.#connection = connection;
    this.#moderation = moderation;
    this.#users = fromReadable(chat.users);
    this.#acts = liveQuery(tables.moderationLog, { connection });
    this.#settings = liveQuery(tables.roomSettings, { connection });
    this.#waiting = liveQuery(tables.waitingPeople, { connection });
  }

  readonly #people = $derived.by(() => byId(this.#users.current, ({ id }) => id));

  /** What was done, the latest first. */
  readonly acts = $derived.by(() => this.#acts.current.toSorted((a, b) => Number(b.id - a.id)));

  /** What is set, for the owner; undefined for others, and until it is here. */
  get settings(): RoomSettings | undefined {
    return this.#settings.current[0];
  }

  /** Identities of those who wait for approval, the first to come first. */
  readonly waiting = $derived.by(() =>
    this.#waiting.current
      .toSorted((a, b) => Number(a.since.microsSinceUnixEpoch - b.since.microsSinceUnixEpoch))
      .map(({ identity }) => identity),
  );

  get isOwner(): boolean {
    return this.#moderation.mine?.role === 'owner';
  }

  person(id: string): ChatUser | undefined {
    return this.#people.get(id);
  }

  /** What somebody is called: somebody without a name, or whom nobody knows, by the start of their identity. */
  nameOf(id: string): string {
    return this.person(id)?.label ?? id.slice(0, 8);
  }

  standing(id: string): PersonStanding | undefined {
    return this.#moderation.people.get(id);
  }

  /** Those who are muted or banned. */
  readonly restricted = $derived.by(() =>
    [...this.#moderation.people].filter(([, standing]) => standing.bannedSince ?? isMuted(standing, now())),
  );

  /** Whether anything can be done about somebody: not by moderators about each other, nor about oneself. */
  canModerate(user: ChatUser): boolean {
    if (user.isMe) return false;
    const { role } = this.standing(user.id) ?? {};
    return role === undefined || (this.isOwner && role === 'moderator');
  }

  /** How an act can be undone, if it still can be. */
  undo(act: RecordedAct): Undo | undefined {
    return undoOf(act, this.acts, this.standing(act.subject.toHexString()), this.isOwner, now());
  }

  /** Each settles as `Connection.call` does. */
  readonly call = (run: (reducers: DbConnection['reducers']) => Promise<void>): Promise<void> =>
    this.#connection.call(({ reducers }) => run(reducers));

  deleteMessage({ row }: ChatMessage, reason: string): Promise<void> {
    if (!row) return Promise.reject(new Error('The server does not have this message'));
    const { sender, sent } = row;
    return this.call((reducers) => reducers.deleteMessage({ sender, sent, reason }));
  }
}
