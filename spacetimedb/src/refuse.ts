import { SenderError } from 'spacetimedb/server';

/** Refuses a call. @param problem the text that the caller sees; `undefined` accepts the call */
export function refuse(problem: string): never;
export function refuse(problem: string | undefined): void;
export function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new SenderError(problem);
}
