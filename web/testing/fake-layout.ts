/** Element sizes for jsdom, which has no layout. */

/** Height of every element that does not scroll. */
const HEIGHT = 40;
/** Visible height of every scroll container. */
const VIEW = 600;

/** A `ResizeObserver` that reports each element once. */
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

/** Adds the layout, dialog and popover methods that jsdom lacks. */
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
  HTMLElement.prototype.hidePopover = function () {};
  HTMLElement.prototype.showPopover = function () {
    // The default style hides popovers.
    this.style.display = 'block';
  };
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
 * Gives `element` a height, a content height and the browser's clamping of `scrollTop`.
 *
 * @param height called whenever the height is needed
 * @param contentHeight called whenever the height of the content is needed
 */
export function layOut(element: HTMLElement, height: () => number, contentHeight: () => number): void {
  let top = 0;
  Object.defineProperties(element, {
    clientHeight: { configurable: true, get: height },
    scrollHeight: { configurable: true, get: () => Math.max(contentHeight(), height()) },
    scrollTop: {
      configurable: true,
      get: () => top,
      set: (value: number) => {
        top = Math.max(0, Math.min(value, contentHeight() - height()));
        element.dispatchEvent(new Event('scroll'));
      },
    },
  });
}
