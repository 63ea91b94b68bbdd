/** Takes over the prerendered page, as SvelteKit's own `start` does, but for one page only. See `one-page.ts`. */
import { hydrate, type Component } from 'svelte';

/** What SvelteKit generates for the browser, as far as it is used. */
interface App {
  readonly nodes: readonly (() => Promise<{ component: Component }>)[];
  /** That of `Root.svelte`. */
  readonly root: Component<{ constructors: readonly (Component | undefined)[] }>;
}

/** Called by the script that SvelteKit writes into the page, with the numbers of the layout and the page. */
export async function start(
  app: App,
  target: Element,
  { node_ids }: { node_ids: readonly number[] },
): Promise<void> {
  const nodes = await Promise.all(node_ids.map((id) => app.nodes[id]?.()));
  hydrate(app.root, { target, props: { constructors: nodes.map((node) => node?.component) } });
}
