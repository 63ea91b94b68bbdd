import { types } from 'node:util';

type RejectionListener = (reason: unknown) => void;

/** Node's events about promises, with the position of the promise among their arguments. */
const PROMISE_EVENTS: ReadonlyMap<string | symbol, number> = new Map([
  ['unhandledRejection', 1],
  ['rejectionHandled', 0],
  ['multipleResolves', 1],
]);

/** By the prototype of a context's promises. */
const contexts = new Map<object, RejectionListener>();
let restore: (() => void) | undefined;

/**
 * Hides rejected promises of a module's context from the process, which they would crash, and from its listeners.
 * Promises of other contexts, such as the embedding program's, are not affected: an `unhandledRejection` listener
 * would change how Node treats them, so the event is filtered before it is emitted.
 *
 * @param promisePrototype `Promise.prototype` of the context
 * @param onRejection called with the reason of each unhandled promise
 * @returns a function that stops it; promises rejected before are still hidden
 */
export function watchRejections(promisePrototype: object, onRejection: RejectionListener): () => void {
  contexts.set(promisePrototype, onRejection);
  restore ??= interceptPromiseEvents();
  return () => {
    // Node emits the event at the end of the current turn.
    setImmediate(() => {
      contexts.delete(promisePrototype);
      if (contexts.size > 0) return;
      restore?.();
      restore = undefined;
    });
  };
}

function interceptPromiseEvents(): () => void {
  const hadOwn = Object.hasOwn(process, 'emit');
  const original = process.emit;
  let isActive = true;
  const emit = function (this: NodeJS.Process, name: string | symbol, ...args: unknown[]): boolean {
    const place = isActive ? PROMISE_EVENTS.get(name) : undefined;
    if (place !== undefined) {
      const listener = listenerFor(args[place]);
      if (listener) {
        if (name === 'unhandledRejection') listener(args[0]);
        return true;
      }
    }
    return Reflect.apply(original, this, [name, ...args]) as boolean;
  } as typeof process.emit;
  process.emit = emit;
  return () => {
    isActive = false;
    // If someone else has wrapped it meanwhile, it stays and passes events on.
    if (process.emit !== emit) return;
    if (hadOwn) process.emit = original;
    else Reflect.deleteProperty(process, 'emit');
  };
}

/** Reads the prototypes without running module code, which a proxy among them would do. */
function listenerFor(promise: unknown): RejectionListener | undefined {
  let prototype: unknown = promise;
  while (typeof prototype === 'object' && prototype !== null) {
    if (types.isProxy(prototype)) return ignore;
    const listener = contexts.get(prototype);
    if (listener) return listener;
    if (prototype === Promise.prototype) return undefined;
    prototype = Object.getPrototypeOf(prototype);
  }
  // Promises of this program always reach the prototype above, but a module may have changed its promise's prototype.
  return ignore;
}

const ignore: RejectionListener = () => undefined;
