/**
 * The program of a thread that runs a module's procedures and HTTP handlers. Host calls are sent to the main thread,
 * and this thread waits for the answer. It is bundled before it is started (`procedure-pool.ts`), so it may import
 * nothing but Node's and the host's own files.
 */
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { BufferTooSmallError, HostCallError, type Errno } from '../../engine/abi/errno.ts';
import type { Syscalls } from '../../engine/abi/syscalls.ts';
import { REQUEST } from './context-membrane.ts';
import { ModuleRealm, traceOfProgram, type Thrown } from './module-realm.ts';
import { watchRejections } from './rejections.ts';
import {
  COUNTER,
  type CallMessage,
  type Failure,
  type Reply,
  type ThreadMessage,
} from './thread-messages.ts';
import type { ThreadStart } from './thread-messages.ts';

const { program, polyfills, description, counters, port } = workerData as ThreadStart;

/** Milliseconds that describing a rejected promise may take. */
const EXPLAIN_MILLIS = 1000;

let startedAt = 0;
/** Milliseconds of the running call that were spent in waiting for the host. */
let waited = 0;

function send(message: ThreadMessage): void {
  port.postMessage(message);
  Atomics.add(counters, COUNTER.requests, 1);
  Atomics.notify(counters, COUNTER.requests);
}

/** Makes a host call. @throws its failure */
function ask(name: keyof Syscalls, args: readonly unknown[], trace = ''): Extract<Reply, { value: unknown }> {
  const asked = performance.now();
  const replies = Atomics.load(counters, COUNTER.replies);
  send({ tag: 'request', name, args, trace, ran: asked - startedAt - waited });
  Atomics.wait(counters, COUNTER.replies, replies);
  const reply = (receiveMessageOnPort(port) as { message: Reply }).message;
  waited += performance.now() - asked;
  if ('failure' in reply) throw errorOf(reply.failure);
  return reply;
}

function errorOf(failure: Failure): Error {
  switch (failure.tag) {
    case 'host':
      return new HostCallError(failure.code as Errno, failure.message);
    case 'buffer':
      return new BufferTooSmallError(failure.needed);
    case 'type':
      return new TypeError(failure.message);
    case 'range':
      return new RangeError(failure.message);
  }
}

/** A view is sent with its whole buffer, so it is copied first. */
const copied = (value: unknown) => (value instanceof Uint8Array ? value.slice() : value);

const forward =
  (name: keyof Syscalls) =>
  (...args: unknown[]): unknown =>
    ask(name, args.map(copied)).value;

const forwardWithTrace =
  (name: keyof Syscalls) =>
  (...args: unknown[]): unknown =>
    ask(name, args, traceOfProgram()).value;

/** A call that writes into its last argument. */
const forwardRow =
  (name: keyof Syscalls) =>
  (...args: unknown[]): unknown => {
    const { value, written } = ask(name, args.map(copied));
    if (written) (args.at(-1) as Uint8Array).set(written);
    return value;
  };

const syscalls: Record<keyof Syscalls, (...args: never[]) => unknown> = {
  table_id_from_name: forward('table_id_from_name'),
  index_id_from_name: forward('index_id_from_name'),
  datastore_table_row_count: forward('datastore_table_row_count'),
  datastore_table_scan_bsatn: forward('datastore_table_scan_bsatn'),
  datastore_index_scan_range_bsatn: forward('datastore_index_scan_range_bsatn'),
  datastore_index_scan_point_bsatn: forward('datastore_index_scan_point_bsatn'),
  datastore_delete_by_index_scan_range_bsatn: forward('datastore_delete_by_index_scan_range_bsatn'),
  datastore_delete_by_index_scan_point_bsatn: forward('datastore_delete_by_index_scan_point_bsatn'),
  row_iter_bsatn_advance: (iterator: number, target: Uint8Array) => {
    const { value, written } = ask('row_iter_bsatn_advance', [iterator, target.length]);
    if (written) target.set(written);
    return value;
  },
  row_iter_bsatn_close: forward('row_iter_bsatn_close'),
  datastore_insert_bsatn: forwardRow('datastore_insert_bsatn'),
  datastore_update_bsatn: forwardRow('datastore_update_bsatn'),
  datastore_delete_all_by_eq_bsatn: forward('datastore_delete_all_by_eq_bsatn'),
  datastore_clear: forward('datastore_clear'),
  volatile_nonatomic_schedule_immediate: forward('volatile_nonatomic_schedule_immediate'),
  console_log: forwardWithTrace('console_log'),
  console_timer_start: forward('console_timer_start'),
  console_timer_end: forwardWithTrace('console_timer_end'),
  identity: forward('identity'),
  get_jwt_payload: forward('get_jwt_payload'),
  procedure_start_mut_tx: forward('procedure_start_mut_tx'),
  procedure_commit_mut_tx: forward('procedure_commit_mut_tx'),
  procedure_abort_mut_tx: forward('procedure_abort_mut_tx'),
  procedure_http_request: forward('procedure_http_request'),
};

const realm = new ModuleRealm(polyfills, syscalls as unknown as Syscalls);

/** Runs one request, without a time limit: the main thread watches over it. */
function run(request: number, ...values: unknown[]): Thrown | undefined {
  try {
    return realm.run(Infinity, request, ...values);
  } catch (error) {
    return { kind: 'panic', text: (error as Error).message, stack: '' };
  }
}

/** Runs module code and sends the outcome to the main thread. */
function runToEnd(body: () => Thrown | undefined): void {
  startedAt = performance.now();
  waited = 0;
  const thrown = body();
  send({
    tag: 'done',
    outcome: thrown ? { tag: 'thrown', thrown } : { tag: 'returned', bytes: realm.takeResult() },
  });
}

function load(): Thrown | undefined {
  // Tells the main thread that the time of the program starts now.
  ask('identity', []);
  const thrown = run(REQUEST.load, realm.compile(program)) ?? run(REQUEST.start);
  if (thrown || Buffer.compare(realm.takeResult(), description) === 0) return thrown;
  const text = 'The module was started again for a procedure, and has another schema now';
  return { kind: 'refused', text, stack: '' };
}

watchRejections(realm.promisePrototype, (reason) => {
  let thrown: Thrown | undefined;
  try {
    // The main thread enforces no time limit between calls, so this run has its own.
    thrown = realm.run(EXPLAIN_MILLIS, REQUEST.explainRejection, reason);
  } catch {
    process.exit();
  }
  if (thrown) send({ tag: 'rejected', thrown });
});

port.on('message', (call: CallMessage) => {
  runToEnd(() => {
    if (call.kind === 'procedure') {
      const { id, sender, connectionId, timestamp, args } = call;
      realm.put(args);
      return run(REQUEST.callProcedure, id, sender, connectionId, timestamp, args.length);
    }
    const { id, timestamp, request, body } = call;
    realm.put(request, body);
    return run(REQUEST.callHttpHandler, id, timestamp, request.length, body.length);
  });
});

runToEnd(load);
