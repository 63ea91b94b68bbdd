/** The messages between the host and a thread that runs procedures and HTTP handlers. */
import type { MessagePort } from 'node:worker_threads';
import type { HttpHandlerCall, ProcedureCall } from '../../engine/abi/module-instance.ts';
import type { Syscalls } from '../../engine/abi/syscalls.ts';
import type { ModuleFunction } from './module-function.ts';
import type { Thrown } from './module-realm.ts';

/** Counters in the memory that both threads share. Each counts the messages sent in one direction. */
export const COUNTER = { requests: 0, replies: 1 } as const;

/** What a thread starts with. */
export interface ThreadStart {
  readonly program: ModuleFunction;
  readonly polyfills: string;
  /** The module's description of itself. The thread must get the same one. */
  readonly description: Uint8Array;
  readonly counters: Int32Array;
  readonly port: MessagePort;
}

/** Asks the thread to run a procedure or an HTTP handler. */
export type CallMessage =
  ({ readonly kind: 'procedure' } & ProcedureCall) | ({ readonly kind: 'HTTP handler' } & HttpHandlerCall);

/** A host call of the module. The thread waits for the reply. */
export interface RequestMessage {
  readonly tag: 'request';
  readonly name: keyof Syscalls;
  readonly args: readonly unknown[];
  /** The module's frames, for calls that write to the log. */
  readonly trace: string;
  /** Milliseconds that the module has run so far in this call. */
  readonly ran: number;
}

/** The thread has loaded the program, or a call has ended. */
export interface DoneMessage {
  readonly tag: 'done';
  readonly outcome:
    | { readonly tag: 'returned'; readonly bytes: Uint8Array }
    | { readonly tag: 'thrown'; readonly thrown: Thrown };
}

/** A promise of the module was rejected and has no handler. */
interface RejectedMessage {
  readonly tag: 'rejected';
  readonly thrown: Thrown;
}

export type ThreadMessage = RequestMessage | DoneMessage | RejectedMessage;

/** Why a host call failed. */
export type Failure =
  | { readonly tag: 'host'; readonly code: number; readonly message: string }
  | { readonly tag: 'buffer'; readonly needed: number }
  | { readonly tag: 'type' | 'range'; readonly message: string };

/** The answer to a {@link RequestMessage}. */
export type Reply =
  /** `written` is what the call wrote into the module's buffer. */
  { readonly value: unknown; readonly written?: Uint8Array } | { readonly failure: Failure };
