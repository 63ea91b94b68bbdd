import { flushSync } from 'svelte';
import { beforeEach, expect, it } from 'vitest';
import { layOut } from '../../testing/fake-layout.ts';
import { StickToBottom } from './stick-to-bottom.svelte.ts';

let scroller: HTMLElement;
let height: number;
let stick: StickToBottom;

beforeEach(() => {
  height = 300;
  scroller = document.createElement('div');
  layOut(scroller, 100, () => height);
  stick = new StickToBottom();
  stick.scroller(scroller);
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

it('scrolls to the end on request', () => {
  scroller.scrollTop = 50;
  stick.toBottom();
  expect(scroller.scrollTop).toBe(200);
});
