/** Defines `<spacetimedb-chat>`. If a page includes scripts from several addresses, the first one wins. */
import { SpacetimedbChat } from './element.svelte.ts';

if (!customElements.get('spacetimedb-chat')) customElements.define('spacetimedb-chat', SpacetimedbChat);
