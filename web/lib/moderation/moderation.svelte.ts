/**
 * The rules of the room as far as they concern the reader: whether they are muted or banned, and whether they may
 * moderate. Comes to the page when the messages are there; a server with the tutorial's plain module knows none of it, and
 * then nothing of it shows.
 */
import { liveTable } from 'spacetimedb-stores';
import { tables } from '../../module_bindings/index.ts';
import type { OwnAdmission, PersonStanding } from '../../module_bindings/types.ts';
import type { OpenChat } from '../session/open-chat.ts';
import Notices from './Notices.svelte';
import { byId } from './standing.ts';
import type { ModerationController } from './controller.svelte.ts';

/** Lives as long as the connection of the chat. */
export class Moderation {
  /** What stands above the field for a message. */
  readonly Notice = Notices;
  readonly #open: OpenChat;
  #me = $state<string>();
  #rows = $state.raw<readonly PersonStanding[]>([]);
  #admissions = $state.raw<readonly OwnAdmission[]>([]);
  #controller = $state.raw<ModerationController>();

  constructor(open: OpenChat) {
    const { chat, connection } = open;
    this.#open = open;
    chat.me.subscribe((me) => {
      this.#me = me?.id;
      this.#act();
    });
    // A query of its own, whose failure disturbs no other: not every module has the table.
    liveTable(connection, tables.standing).subscribe((rows) => {
      const wasBanned = this.mine?.bannedSince;
      this.#rows = rows;
      this.#act();
      // A module cannot close a connection that is open. The server decides about a new one, and says why.
      if (this.mine?.bannedSince && !wasBanned) connection.reconnect();
    });
    liveTable(connection, tables.ownAdmissions).subscribe((rows) => (this.#admissions = rows));
  }

  /** How everybody stands of whom the reader may know it, by identity in hexadecimal. */
  readonly people = $derived.by(() => byId(this.#rows, ({ identity }) => identity.toHexString()));

  /** How the reader stands; undefined when there is nothing to say about it. */
  readonly mine = $derived.by(() => this.people.get(this.#me ?? ''));

  /** Why and until when the reader may not write yet, for newcomers under an admission policy. */
  get admission(): OwnAdmission | undefined {
    return this.#admissions[0];
  }

  /** Where those who moderate work, and with what: once it is here, as long as the reader is one of them. */
  get controller(): ModerationController | undefined {
    return this.mine?.role ? this.#controller : undefined;
  }

  #act(): void {
    if (this.mine?.role && !this.#controller) void this.#load();
  }

  async #load(): Promise<void> {
    // Without it one moderates on the next visit.
    const module = await import('./controller.svelte.ts').catch(() => undefined);
    if (module) this.#controller ??= new module.ModerationController(this.#open, this);
  }
}
