import { types } from 'node:util';

type RejectionListener = (reason: unknown) => void;

/** Events that Node sends about promises, with the place of the promise among their arguments. */
const PROMISE_EVENTS: ReadonlyMap<string | symbol, number> = new Map([
  ['unhandledRejection', 1],
  ['rejectionHandled', 0],
  ['multipleResolves', 1],
]);

/** By the prototype of a context's promises. */
const contexts = new Map<object, RejectionListener>();
let restore: (() => void) | undefined;

/**
 * Keeps rejected promises of a module's context from the process, which they would end, and from its listeners. Promises
 * of other contexts, so all of the embedding program's, are treated as if this was not there: a listener for
 * `unhandledRejection` would change what Node does with those, so the event is taken out before it is sent.
 *
 * @param promisePrototype `Promise.prototype` of the context
 * @param onRejection is given the reason of each promise that nobody handled
 * @returns how to stop; promises that were rejected before are still kept back
 */
export function watchRejections(promisePrototype: object, onRejection: RejectionListener): () => void {
  contexts.set(promisePrototype, onRejection);
  restore ??= interceptPromiseEvents();
  return () => {
    // Node sends the event after the code that is running now, at the end of its turn.
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
    // Somebody else may have wrapped it meanwhile: then it stays, and only passes on.
    if (process.emit !== emit) return;
    if (hadOwn) process.emit = original;
    else Reflect.deleteProperty(process, 'emit');
  };
}

/** Looks at the prototypes without running code of the module, which a proxy among them would. */
function listenerFor(promise: unknown): RejectionListener | undefined {
  let prototype: unknown = promise;
  while (typeof prototype === 'object' && prototype !== null) {
    if (types.isProxy(prototype)) return ignore;
    const listener = contexts.get(prototype);
    if (listener) return listener;
    if (prototype === Promise.prototype) return undefined;
    prototype = Object.getPrototypeOf(prototype);
  }
  // Every promise of this program's own ends at the prototype above; a module may have cut its promise off.
  return ignore;
}

const ignore: RejectionListener = () => undefined;
