/**
 * Shows how a page uses the element: its events and its methods.
 * @import { SpacetimedbChat } from '../../../web/widget/element.svelte.ts'
 */

const chat = /** @type {SpacetimedbChat} */ (document.querySelector('spacetimedb-chat'));
const { title } = document;

chat.addEventListener('unread', () => {
  document.title = chat.unread > 0 ? `(${chat.unread}) ${title}` : title;
});
document.querySelector('#ask')?.addEventListener('click', () => chat.open());
