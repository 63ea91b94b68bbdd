/**
 * The part of virtua that knows of no framework, with the types of what is used of it: its own are not published. It is
 * marked unstable, so the version of virtua is pinned to one minor.
 */
import {
  createContainerDriver as makeDriver,
  createListLayout as makeLayout,
  createVirtualStore as makeStore,
} from 'virtua/unstable_core';

export {
  ACTION_ITEMS_LENGTH_CHANGE,
  ACTION_START_OFFSET_CHANGE,
  UPDATE_SIZE_EVENT,
  UPDATE_VIRTUAL_STATE,
} from 'virtua/unstable_core';

/** Sizes and places of the rows. */
interface Layout {
  $getLength(): number;
  /** With no size given: whether the row has not been measured. */
  $isSizeEqual(index: number, size?: number): boolean;
}

/** What is in view. */
interface VirtualStore {
  $getStateVersion(): number;
  /** The first and the last index to make rows of; the last is before the first when there are none. */
  $getRange(buffer: number): readonly [number, number];
  $getItemOffset(index: number): number;
  $getTotalSize(): number;
  $isScrolling(): boolean;
  $subscribe(events: number, run: () => void): () => void;
  $update(action: number, value: number, shift?: boolean): void;
  $dispose(): void;
}

/** What listens to the page. */
interface Driver {
  $observe(container: HTMLElement, scroller: HTMLElement): void;
  $observeItem(element: HTMLElement, index: number): () => void;
  $effect(): void;
  $dispose(): void;
}

// One by one, so that the other kinds of lists are not bundled.
export const createListLayout: (length: number) => Layout = makeLayout;
export const createVirtualStore: (layout: Layout) => VirtualStore = makeStore;
export const createContainerDriver: (store: VirtualStore, layout: Layout) => Driver = makeDriver;
