/**
 * Optimistic changes: they show before the server has made them.
 *
 * The rows are never modified. The stores show the rows overlaid with the expected effects of our unsettled calls: the
 * last call about a thing wins. Once a call settles, its overlay is removed, so the stores show the rows again:
 * unchanged after a refusal, changed after a success. Calls are sent in the order in which they were made.
 */
import { noop } from '../../empty.ts';
import { NotConnectedError, UnknownOutcomeError } from '../../errors.ts';
import type { Scope } from '../../store.ts';
import type { Connection } from '../../types.ts';
import type { Moment } from '../moment-map.ts';
import { inNameOf } from '../own-name.ts';
import type { FeaturesDb } from './rows.ts';

/** What a call will change. */
export interface OptimisticChange {
  /** The changed thing, such as a message, and the part of it, such as one emoji. */
  readonly of: string;
  readonly part: string;
  /** What is shown until it settles. */
  readonly value: boolean | string;
  /** The message, if it changes one. */
  readonly moment?: Moment;
  call(this: void, db: FeaturesDb): Promise<void>;
  /** Whether the rows show that it was made; undefined while they are not loaded. */
  isMade(this: void): boolean | undefined;
  /** Subscribes to these rows. */
  keepRows(this: void): () => void;
  /** Updates what is shown. */
  show(this: void): void;
}

interface Unsettled extends OptimisticChange {
  /** Settles the promise after a lost answer. */
  decide?: (error?: Error) => void;
}

export class OptimisticChanges {
  /** The changes whose calls have not settled, in order of the calls. */
  #changes: readonly Unsettled[] = [];
  readonly #connection: Connection<FeaturesDb>;
  readonly #scope: Scope;
  readonly #maxQueued: number;

  constructor(connection: Connection<FeaturesDb>, scope: Scope, maxQueued: number) {
    this.#connection = connection;
    this.#scope = scope;
    this.#maxQueued = maxQueued;
  }

  /** The values to show instead of the rows of a thing, by part. */
  of(thing: string): ReadonlyMap<string, boolean | string> {
    const changes = this.#changes.filter((change) => change.of === thing);
    return new Map(changes.map(({ part, value }) => [part, value]));
  }

  /** The messages with an unsettled change of a part, in order of the calls. */
  messagesWith(part: string): Moment[] {
    return this.#changes.flatMap((change) => (change.part === part && change.moment ? [change.moment] : []));
  }

  /**
   * Shows a change and makes the call.
   * @returns settles when the rows contain it
   * @throws CallError as `Connection.call`
   */
  async make(change: OptimisticChange): Promise<void> {
    const unsettled: Unsettled = { ...change };
    const { identity } = this.#connection;
    const call = inNameOf(identity.get()?.__identity__, identity, change.call);
    const release = change.keepRows();
    this.#changes = [...this.#changes, unsettled];
    this.#scope.batch(change.show);
    try {
      await this.#connection.call(call, { maxQueued: this.#maxQueued });
    } catch (error) {
      if (!(error instanceof UnknownOutcomeError)) throw error;
      await this.#untilRowsDecide(unsettled, error);
    } finally {
      this.#changes = this.#changes.filter((other) => other !== unsettled);
      this.#scope.batch(change.show);
      release();
    }
  }

  /** Called when the rows have changed. They decide the outcome of calls whose answer was lost. */
  decide(): void {
    for (const { isMade, decide } of this.#changes) {
      if (!decide) continue;
      const made = isMade();
      if (made === undefined) continue;
      decide(made ? undefined : new NotConnectedError('The connection was lost before it arrived'));
    }
  }

  async #untilRowsDecide(unsettled: Unsettled, error: UnknownOutcomeError): Promise<void> {
    let stop = noop;
    try {
      await new Promise<void>((resolve, reject) => {
        unsettled.decide = (error) => (error ? reject(error) : resolve());
        stop = this.#connection.status.subscribe(({ status }) => {
          if (status === 'closed') reject(error);
        });
      });
    } finally {
      stop();
    }
  }
}
