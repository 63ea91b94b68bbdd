/** What the command `npm run load` and the processes with its clients tell each other. */
import type { Sent } from './ledger.ts';

/** One process's part of a run, as its only argument in JSON. */
export interface Plan {
  readonly uri: string;
  readonly database: string;
  /** In front of every text, so that messages of others are not counted. */
  readonly run: string;
  /** Of all processes together; their numbers start at 0. */
  readonly clients: number;
  /** The first client of this process, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Clients with a lower number follow the room. */
  readonly observers: number;
  /** Messages a second, of all clients together. */
  readonly rate: number;
  /** Messages in all. */
  readonly total: number;
}

export type ToClients =
  | { readonly tag: 'start'; /** Milliseconds since the Unix epoch. */ readonly at: number }
  /** Nobody sends any more: wait for what is under way, and report. */
  | { readonly tag: 'finish'; readonly sent: readonly (readonly [sender: number, Sent])[] };

export interface Progress {
  readonly sent: number;
  readonly answered: number;
  /** By the module, in its words. */
  readonly refused: number;
  /** Clients whose connection ended. */
  readonly disconnected: number;
}

export interface Report {
  /** Durations, see `Histogram`. */
  readonly answers: readonly (number | null)[];
  readonly sights: readonly (number | null)[];
  /** Messages that an observer should have seen and did not; of several observers, of each. */
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Of each observer, see `Ledger`. */
  readonly orders: readonly number[];
  /** The first refusal or failure, in words. */
  readonly problem?: string | undefined;
}

export type FromClients =
  | { readonly tag: 'connected' }
  /** A client could not connect, for this reason. */
  | { readonly tag: 'failed'; readonly reason: string }
  | { readonly tag: 'progress'; readonly progress: Progress }
  | { readonly tag: 'sent'; readonly sent: readonly (readonly [sender: number, Sent])[] }
  | { readonly tag: 'report'; readonly report: Report };

/** @param at milliseconds since the Unix epoch, when the call is made */
export function textOf(run: string, sender: number, n: number, at: number): string {
  return `${run} ${sender} ${n} ${at}`;
}

/** @returns `undefined` for a text that is not of this run */
export function parseText(run: string, text: string): { sender: number; n: number; at: number } | undefined {
  const [name, sender, n, at] = text.split(' ');
  return name === run ? { sender: Number(sender), n: Number(n), at: Number(at) } : undefined;
}
