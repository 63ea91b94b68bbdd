/** Search, pins and message links. Loaded if the server supports them, or if the page's address names something. */
export { default as Banner } from './FindingBanner.svelte';
export { findingTexts } from './texts/finding-texts.ts';
