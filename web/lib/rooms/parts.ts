/** What a site with several rooms adds to the page. Loaded only there. */
export { findingTexts } from '../finding/texts/finding-texts.ts';
export { RoomCounts } from './room-counts.svelte.ts';
export { default as RoomSidebar } from './RoomSidebar.svelte';
export { default as RoomTitle } from './RoomTitle.svelte';
