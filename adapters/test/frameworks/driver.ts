import type { Connection, ConnectionStatus, LiveStatus, Readable } from '../../src/index.ts';
import type { DbConnection } from '../module_bindings/index.ts';

/** A framework that can show a store's value in the page. */
export interface Framework {
  readonly name: string;
  /**
   * Shows the value of `store` in `target`, as that framework's own documentation would have it.
   * @param onRender called each time the framework renders the value
   * @returns removes it, as the framework does when a component goes
   */
  show(store: Readable<string>, target: HTMLElement, onRender: () => void): () => void;
}

/** What a page of `QueryFramework` shows. */
export interface PageOptions {
  /** Whose names to show: those who are online, or the others. */
  readonly online: boolean;
  /** How many components show the names. */
  readonly places: number;
}

/** A framework for which this package has an entry of its own. */
export interface QueryFramework {
  readonly name: string;
  /**
   * Shows a page that provides `connection` to components with a query.
   * @param onRender gets each text that is rendered, as `shownText` makes it
   */
  show(
    connection: Connection<DbConnection>,
    target: HTMLElement,
    options: PageOptions,
    onRender: (text: string) => void,
  ): { update(options: PageOptions): void; leave(): void };
  /** Shows such a component without a page around it. */
  showAlone(target: HTMLElement): Promise<unknown>;
}

/** All that a component knows: the names, the status of the query and that of the connection. */
export function shownText(
  users: readonly { readonly name?: string | undefined }[],
  { status, error }: LiveStatus,
  connection: ConnectionStatus,
): string {
  const names = users.map(({ name }) => name).join(' ');
  return [names, error ? `${status} ${error.code}` : status, connection.status].join(', ');
}
