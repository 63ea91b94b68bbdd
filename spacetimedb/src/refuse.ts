import { SenderError } from 'spacetimedb/server';

/** Refuses a call with `problem`, the text that its caller is shown; `undefined` lets it pass. */
export function refuse(problem: string): never;
export function refuse(problem: string | undefined): void;
export function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new SenderError(problem);
}
