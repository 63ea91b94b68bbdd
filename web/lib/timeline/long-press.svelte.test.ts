import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LongPress } from './long-press.ts';

const pressed = vi.fn();
const clicked = vi.fn();
let press: LongPress;
let target: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<article><p>Hello</p></article><a href="#x"><b>link</b></a>';
  target = document.querySelector('p') as HTMLElement;
  press = new LongPress(pressed.mockReset());
  target.addEventListener('click', clicked.mockReset());
});
afterEach(() => {
  // Clicks are no longer suppressed.
  window.dispatchEvent(new Event('pointerdown'));
});

const finger = (parts: object = {}): PointerEvent => {
  const event: unknown = {
    pointerType: 'touch',
    isPrimary: true,
    target,
    clientX: 100,
    clientY: 100,
    ...parts,
  };
  return event as PointerEvent;
};

it('is recognised when a finger rests', () => {
  const selected = vi.spyOn(getSelection() as Selection, 'removeAllRanges');
  press.start(finger());
  vi.advanceTimersByTime(419);
  expect(pressed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(pressed).toHaveBeenCalledExactlyOnceWith(target);
  expect(selected).toHaveBeenCalled();
});

it.each([
  ['a mouse', { pointerType: 'mouse' }],
  ['a second finger', { isPrimary: false }],
  ['on something without elements', { target: null }],
])('is not %s', (_, parts) => {
  press.start(finger(parts));
  vi.advanceTimersByTime(1_000);
  expect(pressed).not.toHaveBeenCalled();
});

it('is not recognised on a link', () => {
  press.start(finger({ target: document.querySelector('b') }));
  vi.advanceTimersByTime(1_000);
  expect(pressed).not.toHaveBeenCalled();
});

it.each([
  [106, 108, 1],
  [107, 108, 0],
  [94, 92, 1],
  [90, 95, 0],
])('ends when the finger moves more than ten pixels: to %i, %i', (clientX, clientY, times) => {
  press.start(finger());
  press.move(finger({ clientX, clientY }));
  vi.advanceTimersByTime(1_000);
  expect(pressed).toHaveBeenCalledTimes(times);
});

it('ends when it is cancelled, or another one starts', () => {
  press.start(finger());
  press.cancel();
  vi.advanceTimersByTime(1_000);
  expect(pressed).not.toHaveBeenCalled();
  press.start(finger());
  vi.advanceTimersByTime(300);
  press.start(finger());
  vi.advanceTimersByTime(300);
  expect(pressed).not.toHaveBeenCalled();
});

it('claims the menu of the browser for a finger, unless a mouse asks for it', () => {
  const menu = (pointerType?: string): MouseEvent => ({ pointerType }) as unknown as MouseEvent;
  expect(press.claims(menu('touch'))).toBe(false);
  press.start(finger());
  expect([undefined, 'touch', 'mouse'].map((type) => press.claims(menu(type)))).toEqual([true, true, false]);
  press.start(finger({ isPrimary: false }));
  expect(press.claims(menu())).toBe(true);
  press.start(finger({ target: document.querySelector('b') }));
  expect(press.claims(menu())).toBe(false);
});

describe('the click when the finger is lifted', () => {
  const click = (): boolean => {
    clicked.mockClear();
    const event = new MouseEvent('click', { bubbles: true, cancelable: true });
    target.dispatchEvent(event);
    const isPressed = clicked.mock.calls.length > 0;
    // Otherwise a link that has opened there would be followed.
    expect(event.defaultPrevented).toBe(!isPressed);
    return isPressed;
  };
  beforeEach(() => {
    press.start(finger());
    vi.advanceTimersByTime(420);
  });

  it('presses nothing, and the next one does', () => {
    expect(click()).toBe(false);
    expect(click()).toBe(true);
  });

  it('is expected for half a second', () => {
    window.dispatchEvent(new Event('pointerup'));
    vi.advanceTimersByTime(500);
    expect(click()).toBe(true);
  });

  it('may come just before that', () => {
    vi.advanceTimersByTime(5_000);
    window.dispatchEvent(new Event('pointerup'));
    vi.advanceTimersByTime(499);
    expect(click()).toBe(false);
  });

  it('is no longer expected when a finger touches again', () => {
    window.dispatchEvent(new Event('pointerdown'));
    expect(click()).toBe(true);
  });
});
