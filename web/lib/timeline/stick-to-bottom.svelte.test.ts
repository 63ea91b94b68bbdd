import { flushSync } from 'svelte';
import { beforeEach, expect, it } from 'vitest';
import { layOut } from '../../testing/fake-layout.ts';
import { StickToBottom } from './stick-to-bottom.svelte.ts';

let scroller: HTMLElement;
let height: number;
let view: number;
let stick: StickToBottom;
let detach: (() => void) | undefined;

beforeEach(() => {
  height = 300;
  view = 100;
  scroller = document.createElement('div');
  layOut(
    scroller,
    () => view,
    () => height,
  );
  stick = new StickToBottom();
  detach = stick.scroller(scroller) ?? undefined;
  stick.follow();
});

function grow(): void {
  height += 100;
  flushSync(() => stick.follow());
}

it('stays at the end when the content grows', () => {
  expect(scroller.scrollTop).toBe(200);
  grow();
  expect(scroller.scrollTop).toBe(300);
});

it('stays where the reader has scrolled to', () => {
  scroller.scrollTop = 50;
  expect(stick.atBottom).toBe(false);
  grow();
  expect(scroller.scrollTop).toBe(50);
});

it('follows the end again after scrolling back down', () => {
  scroller.scrollTop = 50;
  scroller.scrollTop = 200;
  expect(stick.atBottom).toBe(true);
  grow();
  expect(scroller.scrollTop).toBe(300);
});

it('does not mistake growth between a scroll and its event for scrolling up', () => {
  height = 900;
  scroller.dispatchEvent(new Event('scroll'));
  expect(stick.atBottom).toBe(true);
});

it('does not mistake a scroll caused by a change of its height for scrolling up', () => {
  // In WebKit, the field below first shrinks and then grows; the event comes afterwards.
  scroller.addEventListener('scroll', (event) => event.stopImmediatePropagation(), {
    capture: true,
    once: true,
  });
  view = 172;
  scroller.scrollTop = 128;
  view = 60;
  scroller.dispatchEvent(new Event('scroll'));
  expect(stick.atBottom).toBe(true);
  expect(scroller.scrollTop).toBe(240);
});

it('stays where the reader has scrolled to when its height changes', () => {
  scroller.scrollTop = 50;
  view = 60;
  scroller.dispatchEvent(new Event('scroll'));
  expect(stick.atBottom).toBe(false);
  expect(scroller.scrollTop).toBe(50);
});

it('scrolls to the end on request', () => {
  scroller.scrollTop = 50;
  stick.toBottom();
  expect(scroller.scrollTop).toBe(200);
});

it('counts as at the end up to 24 pixels above it', () => {
  scroller.scrollTop = 176;
  expect(stick.atBottom).toBe(true);
  scroller.scrollTop = 175;
  expect(stick.atBottom).toBe(false);
});

it('stays at the end when its height changes', async () => {
  view = 60;
  // The fake observer reports once after it was attached, in a microtask.
  stick.scroller(scroller);
  await Promise.resolve();
  expect(scroller.scrollTop).toBe(240);
});

it.each([
  [50, false],
  [200, true],
])('leaves the end for a jump, and after one to %i is there: %s', (top, isThere) => {
  stick.release();
  expect(stick.atBottom).toBe(false);
  height += 100;
  stick.follow();
  expect(scroller.scrollTop).toBe(200);
  height -= 100;
  scroller.scrollTop = top;
  stick.release();
  stick.settle();
  expect(stick.atBottom).toBe(isThere);
});

it('does nothing once it is detached', async () => {
  detach?.();
  stick.scroller(scroller)?.();
  scroller.scrollTop = 50;
  view = 60;
  await Promise.resolve();
  expect(stick.atBottom).toBe(true);
  expect(scroller.scrollTop).toBe(50);
});
