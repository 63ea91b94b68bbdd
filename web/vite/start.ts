/** Takes over the prerendered page, as SvelteKit's own `start` does, but for one page only. See `one-page.ts`. */
import type { Component } from 'svelte';

/** What SvelteKit generates for the browser, as far as it is used. */
interface App {
  readonly nodes: readonly (() => Promise<{ component: Component }>)[];
  /** Svelte's old class of components, which SvelteKit wraps its root in. */
  readonly root: new (options: object) => unknown;
}

/** What the prerendered page says about itself. */
interface Rendered {
  readonly node_ids: readonly number[];
  readonly data: readonly unknown[];
  readonly form: unknown;
}

/** Called by the script that SvelteKit writes into the page. */
export async function start(app: App, target: Element, { node_ids, data, form }: Rendered): Promise<void> {
  const nodes = await Promise.all(node_ids.map((id) => app.nodes[id]?.()));
  const page = { params: {} };
  new app.root({
    target,
    hydrate: true,
    sync: false,
    props: {
      constructors: nodes.map((node) => node?.component),
      components: [],
      page,
      form,
      ...Object.fromEntries(data.map((value, index) => [`data_${index}`, value])),
      // The page never changes, so nobody has to be told of it.
      stores: { page: { set: () => {}, notify: () => {}, subscribe: () => () => {} } },
    },
  });
}
