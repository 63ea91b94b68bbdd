/** The messages between the command `npm run load` and its client processes. */
import type { Sent } from './ledger.ts';

/** One process's part of a run, passed as its only argument in JSON. */
export interface Plan {
  readonly uri: string;
  readonly database: string;
  /** Prefix of every text, so that other messages are not counted. */
  readonly run: string;
  /** Number of clients in all processes; their numbers start at 0. */
  readonly clients: number;
  /** The first client of this process, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Clients with a lower number subscribe to the room. */
  readonly observers: number;
  /** Messages per second, all clients together. */
  readonly rate: number;
  /** Total number of messages. */
  readonly total: number;
}

export type ToClients =
  | { readonly tag: 'start'; /** Milliseconds since the Unix epoch. */ readonly at: number }
  /** Sending is over: wait for outstanding messages, and report. */
  | { readonly tag: 'finish'; readonly sent: readonly (readonly [sender: number, Sent])[] };

export interface Progress {
  readonly sent: number;
  readonly answered: number;
  /** Refused by the module, with its message. */
  readonly refused: number;
  /** Clients whose connection ended. */
  readonly disconnected: number;
}

export interface Report {
  /** Durations, see `Histogram`. */
  readonly answers: readonly (number | null)[];
  readonly sights: readonly (number | null)[];
  /** Messages that an observer should have seen but did not, summed over all observers. */
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** The `Ledger.order` of each observer. */
  readonly orders: readonly number[];
  /** The first refusal or failure. */
  readonly problem?: string | undefined;
}

export type FromClients =
  | { readonly tag: 'connected' }
  /** A client could not connect, for this reason. */
  | { readonly tag: 'failed'; readonly reason: string }
  | { readonly tag: 'progress'; readonly progress: Progress }
  | { readonly tag: 'sent'; readonly sent: readonly (readonly [sender: number, Sent])[] }
  | { readonly tag: 'report'; readonly report: Report };

/** @param at time of the call in milliseconds since the Unix epoch */
export function textOf(run: string, sender: number, n: number, at: number): string {
  return `${run} ${sender} ${n} ${at}`;
}

/** @returns `undefined` for a text that is not from this run */
export function parseText(run: string, text: string): { sender: number; n: number; at: number } | undefined {
  const [name, sender, n, at] = text.split(' ');
  return name === run ? { sender: Number(sender), n: Number(n), at: Number(at) } : undefined;
}
