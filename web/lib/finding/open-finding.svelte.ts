/** Loads search, pins and message links when they are needed. */
import type { ChatFeatures } from 'spacetimedb-stores/chat';
import { afterPaint } from '../ui/after-paint.ts';
import type * as Parts from './parts.ts';
import type SearchPanel from './SearchPanel.svelte';

export class Finding {
  #parts = $state.raw<typeof Parts>();
  #Panel = $state.raw<typeof SearchPanel>();

  /**
   * Call it while a component initialises.
   *
   * @param features what the server offers
   * @param isAsked whether the page's address names something to find
   */
  constructor(features: () => ChatFeatures | undefined, isAsked: () => boolean) {
    $effect(() => {
      if ((features() || isAsked()) && !this.#parts) return afterPaint(() => void this.#load());
    });
  }

  /** What is shown above the messages. */
  get Banner(): typeof Parts.Banner | undefined {
    return this.#parts?.Banner;
  }

  /** The search panel, if it was loaded. */
  get Panel(): typeof SearchPanel | undefined {
    return this.#Panel;
  }

  /** Loads the search panel. @throws if that fails */
  async loadPanel(): Promise<void> {
    const [panel] = await Promise.all([import('./SearchPanel.svelte'), this.#load()]);
    this.#Panel = panel.default;
  }

  async #load(): Promise<void> {
    const parts = await import('./parts.ts').catch(() => undefined);
    // In English, if the texts cannot be loaded.
    await parts?.findingTexts.load().catch(() => {});
    this.#parts ??= parts;
  }
}
