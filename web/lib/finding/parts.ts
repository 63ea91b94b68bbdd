/** What finds messages. Loaded where the server can, or where the page's address asks for something. */
export { default as Banner } from './FindingBanner.svelte';
export { findingTexts } from './texts/finding-texts.ts';
