import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { ModulePanic } from '../../engine/abi/module-instance.ts';
import {
  ProcedureThread,
  type ThreadCaller,
  type ThreadOptions,
  type ThreadOutcome,
} from './procedure-thread.ts';
import type { CallMessage } from './thread-messages.ts';

/** How many calls may wait for a thread, and how many bytes of arguments and requests. */
const WAITING_CALLS = 1000;
const WAITING_BYTES = 64 * 1024 * 1024;

export interface PoolOptions extends Omit<ThreadOptions, 'code'> {
  /** How many calls may run at the same time. */
  readonly procedures: number;
}

/** The threads that run a module's procedures and HTTP handlers, kept for the next calls. */
export class ProcedurePool {
  readonly #options: PoolOptions;
  readonly #threads = new Set<ProcedureThread>();
  readonly #idle: ProcedureThread[] = [];
  readonly #waiting: (() => void)[] = [];
  #waitingBytes = 0;
  #running = 0;
  #isDisposed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Makes a call as soon as a thread is free. @throws {ModulePanic} when it cannot be run, or is stopped */
  async call(call: CallMessage, caller: ThreadCaller): Promise<ThreadOutcome> {
    await this.#turn(sizeOf(call));
    try {
      return await this.#callNow(call, caller);
    } finally {
      // Hands this call's place to the next one.
      const proceed = this.#waiting.shift();
      if (proceed) proceed();
      else this.#running--;
    }
  }

  /** Ends all threads. Calls that run or wait fail. */
  dispose(): void {
    this.#isDisposed = true;
    for (const thread of this.#threads) thread.stop(moduleExited());
    this.#threads.clear();
    this.#idle.length = 0;
  }

  async #turn(bytes: number): Promise<void> {
    if (this.#running < Math.max(1, this.#options.procedures)) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= WAITING_CALLS || this.#waitingBytes + bytes > WAITING_BYTES) {
      throw new ModulePanic(
        'Too many procedures and HTTP handlers wait for their turn (limit procedures); try again later',
      );
    }
    this.#waitingBytes += bytes;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#waitingBytes -= bytes;
  }

  async #callNow(call: CallMessage, caller: ThreadCaller): Promise<ThreadOutcome> {
    const code = await workerCode();
    if (this.#isDisposed) throw moduleExited();
    let thread = this.#idle.pop();
    if (!thread?.isAlive) {
      if (thread) this.#threads.delete(thread);
      thread = new ProcedureThread({ ...this.#options, code });
      this.#threads.add(thread);
      const loaded = await thread.load(caller);
      if (loaded.tag === 'thrown') {
        thread.stop(moduleExited());
        this.#threads.delete(thread);
        return loaded;
      }
    }
    try {
      return await thread.call(call, caller);
    } finally {
      if (thread.isAlive) this.#idle.push(thread);
      else this.#threads.delete(thread);
    }
  }
}

function sizeOf(call: CallMessage): number {
  return call.kind === 'procedure' ? call.args.length : call.request.length + call.body.length;
}

function moduleExited(): ModulePanic {
  return new ModulePanic('The module was replaced or stopped before the call ended');
}

let bundled: Promise<string> | undefined;

/** The code of the threads, as one script. */
function workerCode(): Promise<string> {
  bundled ??= bundleWorker();
  return bundled;
}

async function bundleWorker(): Promise<string> {
  // The sources and the built files have different extensions.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const build = await rolldown({
    input: fileURLToPath(new URL(`procedure-worker.${extension}`, import.meta.url)),
    platform: 'node',
    // The thread uses nothing that needs a package, and without side effects all imports of packages are left out.
    external: /^rolldown/,
    treeshake: { moduleSideEffects: false },
    logLevel: 'silent',
  });
  const { output } = await build.generate({ format: 'cjs', codeSplitting: false });
  await build.close();
  return output[0].code;
}
