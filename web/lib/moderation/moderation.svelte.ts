/**
 * The reader's moderation state: whether they are muted, banned or a moderator. Loaded after the first messages. On a
 * server with the tutorial's plain module there is no such data, and nothing is shown.
 */
import { liveTable } from 'spacetimedb-stores';
import { tables } from '../../module_bindings/index.ts';
import type { OwnAdmission, PersonStanding } from '../../module_bindings/types.ts';
import type { OpenChat } from '../session/open-chat.ts';
import Notices from './Notices.svelte';
import { byId, isMuted, type ReaderStanding } from './standing.ts';
import type { ModerationTools } from './tools.ts';
import { now } from '../ui/now.svelte.ts';
import { dateOf } from '../ui/time.ts';

/** Lives as long as the chat's connection. */
export class Moderation implements ReaderStanding {
  /** Shown instead of the message field while the reader is silenced. */
  readonly Notice = Notices;
  readonly #open: OpenChat;
  #me = $state<string>();
  #rows = $state.raw<readonly PersonStanding[]>([]);
  #admissions = $state.raw<readonly OwnAdmission[]>([]);
  #tools = $state.raw<ModerationTools>();

  constructor(open: OpenChat) {
    const { chat, connection } = open;
    this.#open = open;
    chat.me.subscribe((me) => {
      this.#me = me?.id;
      this.#act();
    });
    // Separate queries, so that a module without one table still serves the others.
    liveTable(connection, tables.standing).subscribe((rows) => {
      const wasBanned = this.mine?.bannedSince;
      this.#rows = rows;
      this.#act();
      // A module cannot close open connections. The server rejects the new one and gives the reason.
      if (this.mine?.bannedSince && !wasBanned) connection.reconnect();
    });
    liveTable(connection, tables.ownAdmissions).subscribe((rows) => (this.#admissions = rows));
  }

  readonly people = $derived.by(() => byId(this.#rows, ({ identity }) => identity.toHexString()));

  readonly mine = $derived.by(() => this.people.get(this.#me ?? ''));

  get admission(): OwnAdmission | undefined {
    return this.#admissions[0];
  }

  /** Whether the reader may not write now: they are muted, or a newcomer who has to wait. */
  get isSilenced(): boolean {
    const { admission } = this;
    const isWaiting = admission && (!admission.until || dateOf(admission.until).getTime() > now());
    return isMuted(this.mine, now()) || isWaiting === true;
  }

  /** The moderation tools, once loaded and while the reader is a moderator. */
  get tools(): ModerationTools | undefined {
    return this.mine?.role ? this.#tools : undefined;
  }

  #act(): void {
    if (this.mine?.role && !this.#tools) void this.#load();
  }

  async #load(): Promise<void> {
    // After a failed download, the tools load on the next visit.
    const module = await import('./tools.ts').catch(() => undefined);
    // In English, if its texts cannot be downloaded.
    await module?.moderationTexts.load().catch(() => {});
    if (module) this.#tools ??= module.createTools(this.#open, this);
  }
}
