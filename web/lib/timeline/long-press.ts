/** How long a finger rests, in milliseconds. Shorter than the browser's own long press, which selects text. */
const HOLD_MS = 420;
/** How far a resting finger may move, in CSS pixels. */
const MAX_MOVE = 10;

/** Recognizes a finger that rests on an element. Links and fields keep the browser's long press. */
export class LongPress {
  readonly #onpress: (target: Element) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at = { x: 0, y: 0 };
  /** Whether the last touch began on something without a long press of the browser's. */
  #isOurs = false;
  /** Whether the last touch was a long press. */
  #isPressed = false;

  constructor(onpress: (target: Element) => void) {
    this.#onpress = onpress;
  }

  readonly start = ({ pointerType, isPrimary, target, clientX, clientY }: PointerEvent): void => {
    this.cancel();
    this.#isPressed = false;
    this.#isOurs =
      pointerType === 'touch' &&
      target instanceof Element &&
      target.closest('a, input, textarea, select') === null;
    if (!this.#isOurs || !isPrimary) return;
    this.#at = { x: clientX, y: clientY };
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isPressed = true;
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

  /** Call it first with each click: one that ends a long press must not press the button below it. */
  readonly click = (event: MouseEvent): void => {
    if (!this.#isPressed) return;
    this.#isPressed = false;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Whether the browser would open its menu for a touch that is ours. */
  claims(event: MouseEvent): boolean {
    return this.#isOurs && (event as Partial<PointerEvent>).pointerType !== 'mouse';
  }
}
