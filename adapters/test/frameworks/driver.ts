import type { Connection, ConnectionStatus, LiveStatus, Readable } from '../../src/index.ts';
import type { DbConnection } from '../module_bindings/index.ts';

/** A framework that can show a store's value in the page. */
export interface Framework {
  readonly name: string;
  /**
   * Shows the value of `store` in `target`, in the way that the framework's documentation recommends.
   * @param onRender called each time the framework renders the value
   * @returns a function that unmounts it
   */
  show(store: Readable<string>, target: HTMLElement, onRender: () => void): () => void;
}

/** The inputs of a page of `QueryFramework`. */
export interface PageOptions {
  /** Whether to show the names of people who are online, or of the others. */
  readonly online: boolean;
  /** How many components show the names. */
  readonly places: number;
}

/** A framework with its own entry in this package. */
export interface QueryFramework {
  readonly name: string;
  /**
   * Renders a page that provides `connection` to components with a query.
   * @param onRender called with each rendered text, as returned by `shownText`
   */
  show(
    connection: Connection<DbConnection>,
    target: HTMLElement,
    options: PageOptions,
    onRender: (text: string) => void,
  ): { update(options: PageOptions): void; leave(): void };
  /** Renders such a component without a page around it. */
  showAlone(target: HTMLElement): Promise<unknown>;
}

/** The data of a component: the names, the status of the query, and that of the connection. */
export function shownText(
  users: readonly { readonly name?: string | undefined }[],
  { status, error }: LiveStatus,
  connection: ConnectionStatus,
): string {
  const names = users.map(({ name }) => name).join(' ');
  return [names, error ? `${status} ${error.code}` : status, connection.status].join(', ');
}
