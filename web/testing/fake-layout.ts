/** Sizes for elements in jsdom, which lays nothing out. */

/** What every element is high, unless it scrolls. */
const HEIGHT = 40;
/** What every scroll container shows. */
const VIEW = 600;

/** A `ResizeObserver` that tells of each element once: it has just come into the page. */
export class FakeResizeObserver implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;
  #stopped = false;

  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }

  observe(target: Element): void {
    queueMicrotask(() => {
      if (this.#stopped) return;
      const height = target.getAttribute('role') === 'log' ? VIEW : HEIGHT;
      const contentRect = { width: 800, height } as DOMRectReadOnly;
      this.#callback([{ target, contentRect } as unknown as ResizeObserverEntry], this);
    });
  }

  unobserve(): void {}

  disconnect(): void {
    this.#stopped = true;
  }
}

/** What jsdom lacks because it lays nothing out, and what it lacks of dialogs. */
export function fakeLayout(): void {
  Object.defineProperty(HTMLElement.prototype, 'offsetParent', {
    configurable: true,
    get(this: HTMLElement) {
      return this.parentElement;
    },
  });
  Element.prototype.scrollTo = () => {};
  Element.prototype.scrollBy = () => {};
  Element.prototype.scrollIntoView = () => {};
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    if (!this.open) return;
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
}

/**
 * Gives `element` a height and a content that may be higher, and the browser's clamping of `scrollTop`.
 *
 * @param contentHeight asked whenever it matters
 */
export function layOut(element: HTMLElement, height: number, contentHeight: () => number): void {
  let top = 0;
  Object.defineProperties(element, {
    clientHeight: { configurable: true, get: () => height },
    scrollHeight: { configurable: true, get: () => Math.max(contentHeight(), height) },
    scrollTop: {
      configurable: true,
      get: () => top,
      set: (value: number) => {
        top = Math.max(0, Math.min(value, contentHeight() - height));
        element.dispatchEvent(new Event('scroll'));
      },
    },
  });
}
