import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { Site } from './site.ts';
import { Visitor } from './visitor.ts';

/** A page that shows the room. */
export interface Surface {
  readonly name: string;
  /** Has someone open it in a browser of their own; they see what `Visitor` looks for. */
  arrive(browser: Browser, site: Site, options?: BrowserContextOptions): Promise<Visitor>;
}

/** Where the messages of others are shown. */
export const surfaces: readonly Surface[] = [
  { name: 'the site', arrive: (browser, site, options) => Visitor.arrive(browser, site, options) },
];
