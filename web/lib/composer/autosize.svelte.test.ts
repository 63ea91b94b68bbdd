import { beforeEach, expect, it, vi } from 'vitest';
import { autosize } from './autosize.ts';

const LINE = 24;

let holder: HTMLElement;
let area: HTMLTextAreaElement;
/** The heights of the holder whenever its size was measured. */
let holderHeights: number[];

/** Lays out the field in its holder, which is as high as the field unless it has its own height. */
function layOutField(): void {
  const lines = (): number => area.value.split('\n').length;
  const areaHeight = (): number =>
    area.style.height === 'auto' ? LINE : parseFloat(area.style.height || '24');
  const holderHeight = (): number => parseFloat(holder.style.height) || areaHeight();
  Object.defineProperties(area, {
    scrollHeight: {
      get: () => {
        holderHeights.push(holderHeight());
        return Math.max(lines() * LINE, areaHeight());
      },
    },
    offsetHeight: { get: () => areaHeight() + 2 },
    clientHeight: { get: areaHeight },
  });
  Object.defineProperty(holder, 'offsetHeight', { get: holderHeight });
}

beforeEach(() => {
  vi.stubGlobal('CSS', { supports: () => false });
  document.body.innerHTML = '<form><div><textarea></textarea></div></form>';
  area = document.querySelector('textarea') as HTMLTextAreaElement;
  holder = area.parentElement as HTMLElement;
  holderHeights = [];
  layOutField();
  autosize(area);
});

function type(text: string): void {
  area.value = text;
  area.dispatchEvent(new Event('input'));
}

it('a field grows and shrinks with its text', () => {
  type('one\ntwo\nthree');
  expect(area.style.height).toBe('74px');
  type('one');
  expect(area.style.height).toBe('26px');
});

it('the surrounding elements keep their height while the field is measured', () => {
  type('one\ntwo\nthree');
  holderHeights = [];
  type('one\ntwo\nthree!');
  expect(holderHeights).toEqual([74]);
  expect(holder.style.height).toBe('');
});

it('a field with its own default size is not changed', () => {
  vi.stubGlobal('CSS', { supports: () => true });
  area.style.height = '';
  autosize(area);
  expect(area.style.height).toBe('');
});
