/** Loads what finds messages, when it is needed. */
import type { ChatFeatures } from 'spacetimedb-stores/chat';
import { fromReadable } from 'spacetimedb-stores/svelte';
import { afterPaint } from '../ui/after-paint.ts';
import type * as Parts from './parts.ts';
import type SearchPanel from './SearchPanel.svelte';

export class Finding {
  #parts = $state.raw<typeof Parts>();
  #Panel = $state.raw<typeof SearchPanel>();
  readonly #features: () => ChatFeatures | undefined;

  /**
   * Call it while a component initialises.
   *
   * @param features the session's
   * @param isAsked whether the page's address asks for something to be found
   */
  constructor(features: () => ChatFeatures | undefined, isAsked: () => boolean) {
    this.#features = features;
    $effect(() => {
      if ((this.features || isAsked()) && !this.#parts) return afterPaint(() => void this.#load());
    });
  }

  /** Whether the server has more than messages. */
  readonly #available = $derived.by(() => {
    const features = this.#features();
    return features && fromReadable(features.isAvailable);
  });

  /** What the server offers, once that is known. Undefined for the tutorial's module. */
  get features(): ChatFeatures | undefined {
    return this.#available?.current ? this.#features() : undefined;
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
