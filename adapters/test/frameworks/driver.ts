import type { Readable } from '../../src/index.ts';

/** A framework, as far as the suite is concerned: something that can show a store's value in the page. */
export interface Framework {
  readonly name: string;
  /**
   * Shows the value of `store` in `target`, as that framework's own documentation would have it.
   *
   * @param onRender called each time the framework renders the value
   * @returns takes it away again, as the framework does when a component goes
   */
  show(store: Readable<string>, target: HTMLElement, onRender: () => void): () => void;
}
