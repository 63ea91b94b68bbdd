import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepAbove } from './place-above.ts';

let element: HTMLElement;
let anchor: HTMLElement;
/** The anchor's box, in a window of 1000 by 800 pixels. */
let box: { top: number; bottom: number; left: number; right: number };
let height: number;
let stop: (() => void) | undefined;

beforeEach(() => {
  document.body.innerHTML = '<div></div><button></button>';
  [element, anchor] = [...document.body.children] as [HTMLElement, HTMLElement];
  box = { top: 600, bottom: 640, left: 300, right: 500 };
  height = 200;
  vi.stubGlobal('innerWidth', 1000);
  vi.stubGlobal('innerHeight', 800);
  Object.defineProperty(element, 'scrollHeight', { get: () => height });
  Object.defineProperty(element, 'offsetWidth', { value: 150 });
  anchor.getBoundingClientRect = () => box as DOMRect;
});
afterEach(() => stop?.());

/** Places the element and returns its edges and the available space. */
function place(align: 'start' | 'end' = 'start') {
  stop?.();
  stop = keepAbove(element, anchor, align);
  return placed();
}
/** jsdom does not derive `top` and `bottom` from `inset`. */
const placed = () => {
  const { top, bottom, left } = element.style;
  return { top, bottom, left, room: element.style.getPropertyValue('--max-height') };
};

it('places an element above its anchor, with their first edges in line', () => {
  expect(place()).toEqual({ top: '', bottom: '208px', left: '300px', room: '584px' });
  // Otherwise the default style of popovers would centre it.
  expect(element.style.inset).toBe('auto');
});

it.each([
  ['ltr', 'start', '300px'],
  ['ltr', 'end', '350px'],
  ['rtl', 'start', '350px'],
  ['rtl', 'end', '300px'],
] as const)('aligns in a page in direction %s at the %s', (direction, align, left) => {
  anchor.style.direction = direction;
  expect(place(align).left).toBe(left);
});

it.each([
  [900, '842px'],
  [-50, '8px'],
])('keeps an element inside the window whose anchor is at %i', (left, expected) => {
  box = { ...box, left };
  expect(place().left).toBe(expected);
});

it.each([
  ['stays above if it fits there', 300, 200, '508px'],
  ['moves below if it does not fit above and there is more room', 100, 200, ''],
  ['stays above if 320 pixels are there', 336, 500, '472px'],
  ['moves below if less is there', 335, 500, ''],
])('an element %s', (_, top, content, bottom) => {
  height = content;
  box = { ...box, top, bottom: top + 40 };
  expect(place().bottom).toBe(bottom);
});

it('stays above if there is as much space as below', () => {
  vi.stubGlobal('innerHeight', 500);
  height = 400;
  box = { ...box, top: 230, bottom: 270 };
  expect(place().bottom).toBe('278px');
});

it('is placed again when its anchor is resized', async () => {
  place();
  box = { ...box, left: 310 };
  // The fake observer reports in a microtask.
  await Promise.resolve();
  expect(placed().left).toBe('310px');
  place();
  stop?.();
  box = { ...box, left: 320 };
  await Promise.resolve();
  expect(placed().left).toBe('310px');
});

it('reports the space below, and never a negative one', () => {
  box = { ...box, top: 20, bottom: 60 };
  expect(place()).toMatchObject({ top: '68px', room: '724px' });
  box = { ...box, top: 5, bottom: 795 };
  expect(place().room).toBe('0px');
});

it('stays in the part of the window that a screen keyboard leaves free', () => {
  const viewport = Object.assign(new EventTarget(), { offsetTop: 100, height: 300 });
  vi.stubGlobal('visualViewport', viewport);
  box = { ...box, top: 340, bottom: 380 };
  expect(place()).toMatchObject({ room: '224px' });
  box = { ...box, top: 120, bottom: 160 };
  viewport.dispatchEvent(new Event('scroll'));
  expect(placed()).toMatchObject({ top: '168px', room: '224px' });
});

it('follows its anchor until it is stopped, but not when something in it scrolls', () => {
  const inside = element.appendChild(document.createElement('p'));
  place();
  box = { ...box, left: 310 };
  inside.dispatchEvent(new Event('scroll', { bubbles: true }));
  expect(placed().left).toBe('300px');
  document.body.dispatchEvent(new Event('scroll'));
  expect(placed().left).toBe('310px');
  box = { ...box, left: 320 };
  window.dispatchEvent(new Event('resize'));
  expect(placed().left).toBe('320px');
  stop?.();
  box = { ...box, left: 330 };
  window.dispatchEvent(new Event('resize'));
  expect(placed().left).toBe('320px');
});
