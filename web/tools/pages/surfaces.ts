import { serveHostPage } from './host-page.ts';
import type { Site } from './site.ts';

export interface Surface {
  readonly name: string;
  /** Whether the page also sets its title and shows notifications. */
  readonly isWholePage: boolean;
  /** Opens the room of `site` on this page. */
  open(site: Site): Promise<Site>;
}

/** The policy that the README recommends. */
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

/** All pages that show other people's messages. */
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
