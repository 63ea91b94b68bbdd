/** How long a finger rests, in milliseconds. Shorter than the browser's own long press, which selects text. */
const HOLD_MS = 420;
/** How long after the finger a click may arrive, in milliseconds. */
const CLICK_MS = 500;
/** How far a resting finger may move, in CSS pixels. */
const MAX_MOVE = 10;

/** Recognizes a finger that rests on an element. Links and fields keep the browser's long press. */
export class LongPress {
  readonly #onpress: (target: Element) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at = { x: 0, y: 0 };
  /** Whether the last touch began on an element without the browser's own long press. */
  #isOurs = false;

  constructor(onpress: (target: Element) => void) {
    this.#onpress = onpress;
  }

  readonly start = ({ pointerType, isPrimary, target, clientX, clientY }: PointerEvent): void => {
    this.cancel();
    this.#isOurs =
      pointerType === 'touch' &&
      target instanceof Element &&
      target.closest('a, input, textarea, select') === null;
    if (!this.#isOurs || !isPrimary) return;
    this.#at = { x: clientX, y: clientY };
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      swallowClick();
      getSelection()?.removeAllRanges();
      this.#onpress(target as Element);
    }, HOLD_MS);
  };

  readonly move = ({ clientX, clientY }: PointerEvent): void => {
    if (Math.hypot(clientX - this.#at.x, clientY - this.#at.y) > MAX_MOVE) this.cancel();
  };

  readonly cancel = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  };

  /** Whether the browser would open its menu for a touch that we handle. */
  claims(event: MouseEvent): boolean {
    return this.#isOurs && (event as Partial<PointerEvent>).pointerType !== 'mouse';
  }
}

/**
 * Some browsers click when the finger is lifted. That must not hit the element below it, or anything that has opened
 * there.
 */
function swallowClick(): void {
  const end = new AbortController();
  const options = { capture: true, signal: end.signal };
  const stop = (): void => end.abort();
  addEventListener(
    'click',
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      stop();
    },
    options,
  );
  addEventListener('pointerdown', stop, options);
  addEventListener('pointerup', () => setTimeout(stop, CLICK_MS), options);
}
