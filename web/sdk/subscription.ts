import type { DbConnectionImpl } from './connection.ts';

type OnApplied = (context: object) => void;
type OnError = (context: object, error: Error) => void;

/** Asks for rows by SQL text, and says who wants to hear of the answer. */
export class SubscriptionBuilderImpl {
  readonly #connection: DbConnectionImpl;
  #onApplied: OnApplied | undefined;
  #onError: OnError | undefined;

  constructor(connection: DbConnectionImpl) {
    this.#connection = connection;
  }

  onApplied(run: OnApplied): this {
    this.#onApplied = run;
    return this;
  }

  onError(run: OnError): this {
    this.#onError = run;
    return this;
  }

  subscribe(sql: string | readonly string[]): SubscriptionHandleImpl {
    const handle = new SubscriptionHandleImpl(this.#onApplied, this.#onError);
    handle.begin(this.#connection, [sql].flat());
    return handle;
  }
}

export class SubscriptionHandleImpl {
  readonly #onApplied: OnApplied | undefined;
  readonly #onError: OnError | undefined;
  #state: 'asked' | 'active' | 'ended' = 'asked';
  #unsubscribe: (() => void) | undefined;
  #onEnd: OnApplied | undefined;

  constructor(onApplied: OnApplied | undefined, onError: OnError | undefined) {
    this.#onApplied = onApplied;
    this.#onError = onError;
  }

  isActive(): boolean {
    return this.#state === 'active';
  }

  isEnded(): boolean {
    return this.#state === 'ended';
  }

  unsubscribe(): void {
    this.unsubscribeThen();
  }

  /** @param onEnd runs when its rows are gone. @throws Error when it was called before, or the subscription has failed */
  unsubscribeThen(onEnd?: OnApplied): void {
    if (!this.#unsubscribe) throw new Error('The subscription has been ended already');
    this.#onEnd = onEnd;
    this.#unsubscribe();
    this.#unsubscribe = undefined;
  }

  // For the connection.

  begin(connection: DbConnectionImpl, queries: string[]): void {
    this.#unsubscribe = connection.registerSubscription(this, queries);
  }

  applied(context: object): void {
    this.#state = 'active';
    this.#onApplied?.(context);
  }

  failed(context: object, error: Error): void {
    this.#state = 'ended';
    this.#unsubscribe = undefined;
    this.#onError?.(context, error);
  }

  ended(context: object): void {
    this.#state = 'ended';
    this.#onEnd?.(context);
  }
}
