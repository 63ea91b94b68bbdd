/** Sizes for elements in jsdom, which lays nothing out. */

const observers = new Set<FakeResizeObserver>();

/** A `ResizeObserver` that fires when `resized` is called. */
export class FakeResizeObserver implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;

  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }

  observe(): void {
    observers.add(this);
  }

  unobserve(): void {}

  disconnect(): void {
    observers.delete(this);
  }

  fire(): void {
    this.#callback([], this);
  }
}

/**
 * Gives `element` a height and a content that may be higher, and the browser's clamping of `scrollTop`.
 *
 * @param contentHeight asked whenever it matters
 * @returns to be called after the content has changed, as a browser tells observers; nothing else moves
 */
export function layOut(element: HTMLElement, height: number, contentHeight: () => number): () => void {
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
  const resized = (): void => {
    for (const observer of observers) observer.fire();
  };
  resized();
  return resized;
}
