/** The script of the widget: makes `<spacetimedb-chat>` known to the page, once however often it is loaded. */
import { SpacetimedbChat } from './element.svelte.ts';

if (!customElements.get('spacetimedb-chat')) customElements.define('spacetimedb-chat', SpacetimedbChat);
