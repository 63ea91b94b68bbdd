/** Makes `<spacetimedb-chat>` known to the page. A page may include scripts from several addresses; the first one wins. */
import { SpacetimedbChat } from './element.svelte.ts';

if (!customElements.get('spacetimedb-chat')) customElements.define('spacetimedb-chat', SpacetimedbChat);
