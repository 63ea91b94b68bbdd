/** Watches the people for changes. What notices them, and what shows them, comes to the page with the first one. */
import type { ChatUser } from 'spacetimedb-stores/chat';
import type PeopleChangeLine from './components/PeopleChangeLine.svelte';
import type { FlowItem, ShownMessage } from './flow.ts';
import type { PeopleChange, PeopleChanges } from './people-changes.ts';

/** In a room with more people, comings and goings are no news, and telling them apart takes too long. */
const MOST = 1_000;

type Update = Parameters<PeopleChanges['update']>;

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
  /** What was known before anything changed: last, and where news have stopped since, when they did and before that. */
  #before: Update[] = [];
  /** With the first change, and with what was known last while what notices it was loading. */
  #latest: Update | undefined;

  /**
   * @param everybody as of now; `undefined` while that is not known, after which what is found is taken as given. So it is
   *   while there are more than 1,000
   * @param messages those that are here, oldest first
   * @param at when it became known
   */
  update(everybody: readonly ChatUser[] | undefined, messages: readonly ShownMessage[], at: Date): void {
    const people = everybody && everybody.length > MOST ? undefined : everybody;
    const now: Update = [people, messages, at];
    const [last] = this.#before.at(-1) ?? [];
    if (this.#noticed) this.#notice(this.#noticed, now);
    else if (people && last && othersDiffer(last, people)) void this.#load(now);
    else this.#before = [...(people && last ? this.#before.slice(0, -1) : this.#before), now].slice(-3);
  }

  #notice(noticed: PeopleChanges, update: Update): void {
    noticed.update(...update);
    this.#list = noticed.list;
  }

  async #load(now: Update): Promise<void> {
    this.#latest = now;
    // Without it nobody is told who comes and goes; the people themselves are shown.
    const module = await import('./components/PeopleChangeLine.svelte').catch(() => undefined);
    if (!module || this.#noticed) return;
    this.#noticed = new module.PeopleChanges();
    for (const update of [...this.#before, this.#latest]) this.#notice(this.#noticed, update);
    this.changes = { among: (messages) => module.flow(messages, this.#list), Line: module.default };
  }
}

/** Whether anybody but the reader is another in `people`: someone who has changed, or is new. */
function othersDiffer(before: readonly ChatUser[], people: readonly ChatUser[]): boolean {
  if (before === people) return false;
  const known = new Set(before);
  return people.some((person) => !person.isMe && !known.has(person));
}
