import { serveHostPage } from './host-page.ts';
import type { Site } from './site.ts';

/** A page that shows the room. */
export interface Surface {
  readonly name: string;
  /** Whether what happens in the room is told outside of the page's text, too: by the system, and in the page's title. */
  readonly isWholePage: boolean;
  /** Where the room of `site` is shown in this way, until it is closed. */
  open(site: Site): Promise<Site>;
}

/** What the README asks of pages that have a policy. */
function policyFor(server: string): string {
  const { origin, host } = new URL(server);
  return `default-src 'none'; script-src ${origin}; connect-src ${origin} ws://${host}; img-src data:`;
}

const widgetPage = (server: string): string => `<!doctype html>
<html lang="en">
  <title>Somebody's page</title>
  <link rel="icon" href="data:," />
  <script type="module" src="${server}/widget/spacetimedb-chat.js"></script>
  <spacetimedb-chat database="quickstart-chat"></spacetimedb-chat>
</html>`;

/** Everywhere that messages of others are shown. */
export const surfaces: readonly Surface[] = [
  {
    name: 'the site',
    isWholePage: true,
    open: (site) => Promise.resolve({ ...site, close: () => Promise.resolve() }),
  },
  {
    name: 'the widget',
    isWholePage: false,
    open: async ({ url, origins }) => {
      const page = await serveHostPage((path) =>
        path === '/' ? { html: widgetPage(new URL(url).origin), policy: policyFor(url) } : undefined,
      );
      return { url: page.origin, origins: [...origins, page.origin], close: () => page.close() };
    },
  },
];
