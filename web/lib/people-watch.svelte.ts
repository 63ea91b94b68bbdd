/** Watches the people for changes. What notices them, and what shows them, comes to the page with the first one. */
import type { ChatUser } from 'spacetimedb-stores/chat';
import type PeopleChangeLine from './components/PeopleChangeLine.svelte';
import type { FlowItem, ShownMessage } from './flow.ts';
import type { PeopleChange, PeopleChanges } from './people-changes.ts';

/** What has changed about people, for the list of messages. */
export interface ShownChanges {
  /** The messages, with the changes among them. */
  readonly among: (messages: readonly ShownMessage[]) => readonly FlowItem[];
  /** What shows one of the changes. */
  readonly Line: typeof PeopleChangeLine;
}

export class PeopleWatch {
  /** Absent before anything has changed. */
  changes = $state.raw<ShownChanges>();
  #list = $state.raw<readonly PeopleChange[]>([]);
  #noticed: PeopleChanges | undefined;
  /** The people before anything changed about them. */
  #before: readonly ChatUser[] | undefined;
  #now: [people: readonly ChatUser[] | undefined, after: number] = [undefined, 0];

  /**
   * @param people everybody, as of now; `undefined` while that is not known, after which what is found is taken as given
   * @param after when the last message was sent, in milliseconds since the Unix epoch
   */
  update(people: readonly ChatUser[] | undefined, after: number): void {
    this.#now = [people, after];
    if (this.#noticed) this.#notice(this.#noticed);
    else if (people && this.#before && othersDiffer(this.#before, people)) void this.#load();
    else this.#before = people;
  }

  #notice(noticed: PeopleChanges): void {
    noticed.update(...this.#now);
    this.#list = noticed.list;
  }

  async #load(): Promise<void> {
    // Without it nobody is told who comes and goes; the people themselves are shown.
    const module = await import('./components/PeopleChangeLine.svelte').catch(() => undefined);
    if (!module || this.#noticed) return;
    this.#noticed = new module.PeopleChanges();
    this.#noticed.update(this.#before, 0);
    this.#notice(this.#noticed);
    this.changes = { among: (messages) => module.flow(messages, this.#list), Line: module.default };
  }
}

/** Whether anybody but the reader is another in `people`: someone who has changed, or is new. */
function othersDiffer(before: readonly ChatUser[], people: readonly ChatUser[]): boolean {
  const known = new Set(before);
  return people.some((person) => !person.isMe && !known.has(person));
}
