import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { BufferTooSmallError, HostCallError } from '../../engine/abi/errno.ts';
import type { HostEnvironment } from '../../engine/abi/host-environment.ts';
import { ModulePanic, type ProcedureHost } from '../../engine/abi/module-instance.ts';
import {
  COUNTER,
  type CallMessage,
  type DoneMessage,
  type Failure,
  type Reply,
  type RequestMessage,
  type ThreadMessage,
  type ThreadStart,
} from './thread-messages.ts';

/** The longest timeout of timers, in milliseconds. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

const MEGABYTE = 1024 * 1024;
/** Means no limit, because it is more than V8 can use. */
const MOST_MEGABYTES = 1024 * 1024;

export type ThreadOutcome = DoneMessage['outcome'];

/** The call that the thread works for. */
export interface ThreadCaller {
  readonly host: ProcedureHost;
  readonly kind: CallMessage['kind'];
  /** Receives the module's frames before each of its host calls. */
  readonly setTrace: (trace: string) => void;
}

interface Run extends ThreadCaller {
  readonly isLoading: boolean;
  readonly resolve: (outcome: ThreadOutcome) => void;
  readonly reject: (error: Error) => void;
}

export interface ThreadOptions extends Omit<ThreadStart, 'counters' | 'port'> {
  /** Source of `procedure-worker.ts`, bundled. */
  readonly code: string;
  readonly callMillis: number;
  /** Bytes that the values of the thread may take. Beyond that only the thread ends. */
  readonly memoryBytes: number;
  readonly onRejection: (message: Extract<ThreadMessage, { tag: 'rejected' }>) => void;
}

/**
 * A thread that runs one procedure or HTTP handler at a time. While it waits for HTTP or computes, the host continues
 * with other work; while it has a transaction open, the host does nothing else, as during a reducer.
 */
export class ProcedureThread {
  readonly #options: ThreadOptions;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #counters = new Int32Array(new SharedArrayBuffer(8));
  /** The number of messages that were received. */
  #received = 0;
  #run: Run | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAlive = true;

  constructor(options: ThreadOptions) {
    this.#options = options;
    const { program, polyfills, description, code } = options;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const start: ThreadStart = {
      program: { prefix: program.prefix, code: program.code },
      polyfills,
      description,
      counters: this.#counters,
      port: port2,
    };
    // The thread inherits nothing from the process: no environment, arguments or loaders.
    this.#worker = new Worker(code, {
      eval: true,
      env: {},
      argv: [],
      execArgv: [],
      workerData: start,
      transferList: [port2],
      resourceLimits: {
        maxOldGenerationSizeMb: Math.min(Math.ceil(options.memoryBytes / MEGABYTE), MOST_MEGABYTES),
      },
    });
    this.#port.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker.on('error', (error) =>
      this.#end(new ModulePanic(`The thread of the call failed: ${error.message}`)),
    );
    this.#worker.on('exit', () => this.#end(new ModulePanic('The thread of the call has ended')));
  }

  /** False once the thread must not be used again. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Waits until the program is loaded. @param caller the call that the thread is started for */
  load(caller: ThreadCaller): Promise<ThreadOutcome> {
    return this.#start(caller, true);
  }

  /** @throws {ModulePanic} when the run is stopped; the thread is gone then */
  call(message: CallMessage, caller: ThreadCaller): Promise<ThreadOutcome> {
    const outcome = this.#start(caller, false);
    this.#port.postMessage(message);
    return outcome;
  }

  /** Ends the thread, whatever it does. @param reason the error for the running call */
  stop(reason: Error): void {
    this.#end(reason);
  }

  #start(caller: ThreadCaller, isLoading: boolean): Promise<ThreadOutcome> {
    this.#port.ref();
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#run = { ...caller, isLoading, resolve, reject };
      // A new thread first has to start, so its time is counted from its first message.
      if (!isLoading) this.#watch(0);
    });
  }

  #receive(message: ThreadMessage): void {
    this.#received++;
    // Arrives after the call that left the promise, perhaps during the next one.
    if (message.tag === 'rejected') return this.#options.onRejection(message);
    clearTimeout(this.#timer);
    if (message.tag === 'done') return this.#finish(message.outcome);
    if (!this.#run) return;
    try {
      this.#handle(message, this.#run);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #handle(request: RequestMessage, run: Run): void {
    if (request.ran > this.#options.callMillis) throw this.#tooLong();
    if (!run.isLoading && request.name === 'procedure_start_mut_tx') return this.#transaction(run);
    if (!run.isLoading && request.name === 'procedure_http_request') return this.#fetch(request, run);
    this.#reply(this.#perform(request, run), request.ran);
  }

  /** Opens a transaction and answers only this thread until it is closed. @throws the error that ends the run */
  #transaction(run: Run): void {
    let last: ThreadMessage | undefined;
    let reply: Reply = { value: undefined };
    try {
      run.host.transaction((timestamp) => {
        this.#reply({ value: timestamp });
        for (;;) {
          const message = this.#nextMessage();
          if (message.tag === 'rejected') this.#options.onRejection(message);
          else {
            last = message;
            if (message.tag === 'done') return false;
            if (message.name === 'procedure_commit_mut_tx') return true;
            if (message.name === 'procedure_abort_mut_tx') return false;
            this.#reply(this.#perform(message, run));
          }
        }
      });
    } catch (error) {
      reply = { failure: failureOf(error) };
    }
    if (last?.tag === 'done') {
      run.host.danglingTransaction();
      this.#finish(last.outcome);
    } else this.#reply(reply, last?.tag === 'request' ? last.ran : 0);
  }

  /** Waits for the thread's next message while it holds a transaction. @throws {ModulePanic} when it takes too long */
  #nextMessage(): ThreadMessage {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ThreadMessage } | undefined;
      if (received) {
        this.#received++;
        const { message } = received;
        if (message.tag === 'request' && message.ran > this.#options.callMillis) throw this.#tooLong();
        return message;
      }
      if (
        Atomics.wait(this.#counters, COUNTER.requests, this.#received, this.#options.callMillis) ===
        'timed-out'
      )
        throw this.#tooLong();
    }
  }

  #fetch({ args, ran }: RequestMessage, run: Run): void {
    const [request, body] = args as [Uint8Array, Uint8Array];
    const answer = (reply: Reply) => {
      if (this.#run === run) this.#reply(reply, ran);
    };
    run.host.fetch(request, body).then(
      (value) => answer({ value }),
      (error: unknown) => {
        try {
          answer({ failure: failureOf(error) });
        } catch (internal) {
          this.#end(internal as Error);
        }
      },
    );
  }

  /** Makes a host call. @throws the error that must end the run */
  #perform(request: RequestMessage, { host, setTrace }: Run): Reply {
    setTrace(request.trace);
    try {
      return perform(host.environment, request);
    } catch (error) {
      return { failure: failureOf(error) };
    }
  }

  /**
   * @param ran milliseconds that the module has run; absent in a transaction, where the host waits for the thread
   * anyway
   */
  #reply(reply: Reply, ran?: number): void {
    this.#port.postMessage(reply);
    Atomics.add(this.#counters, COUNTER.replies, 1);
    Atomics.notify(this.#counters, COUNTER.replies);
    if (ran !== undefined) this.#watch(ran);
  }

  /** Ends the thread if it does not send anything before its time is over. */
  #watch(ran: number): void {
    clearTimeout(this.#timer);
    const left = Math.max(1, this.#options.callMillis - ran);
    if (left > LONGEST_TIMEOUT) return;
    this.#timer = setTimeout(() => {
      // The host may have been too busy to read what the thread has sent.
      if (Atomics.load(this.#counters, COUNTER.requests) === this.#received) this.#end(this.#tooLong());
      else this.#watch(this.#options.callMillis);
    }, left);
  }

  #tooLong(): ModulePanic {
    const { callMillis } = this.#options;
    const kind = this.#run?.kind ?? 'procedure';
    return new ModulePanic(
      `The ${kind} was stopped after ${callMillis} ms, the most that it may run (limit callMillis)`,
    );
  }

  #finish(outcome: ThreadOutcome): void {
    clearTimeout(this.#timer);
    const run = this.#run;
    this.#run = undefined;
    // An idle thread does not keep the process running.
    this.#port.unref();
    this.#worker.unref();
    run?.resolve(outcome);
  }

  #end(error: Error): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    clearTimeout(this.#timer);
    const run = this.#run;
    this.#run = undefined;
    this.#port.close();
    void this.#worker.terminate();
    run?.reject(error);
  }
}

function perform(environment: HostEnvironment, { name, args }: RequestMessage): Reply {
  if (name === 'row_iter_bsatn_advance') {
    const [iterator, size] = args as [number, number];
    // The module's buffer may be far larger than what is left to read.
    const target = new Uint8Array(Math.min(size, environment.rowBytesLeft(iterator)));
    const value = environment.row_iter_bsatn_advance(iterator, target);
    return { value, written: target.subarray(0, Math.abs(value)) };
  }
  const value = (environment[name] as (...args: readonly unknown[]) => unknown).apply(environment, [...args]);
  const writes = name === 'datastore_insert_bsatn' || name === 'datastore_update_bsatn';
  return writes ? { value, written: (args.at(-1) as Uint8Array).slice(0, value as number) } : { value };
}

/** @throws `error`, when the module must not be able to catch it */
function failureOf(error: unknown): Failure {
  if (error instanceof HostCallError) return { tag: 'host', code: error.code, message: error.message };
  if (error instanceof BufferTooSmallError) return { tag: 'buffer', needed: error.needed };
  if (error instanceof TypeError) return { tag: 'type', message: error.message };
  if (error instanceof RangeError) return { tag: 'range', message: error.message };
  throw error;
}
