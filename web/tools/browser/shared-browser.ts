/** The browser of all test files that run in this process. */
import type { Browser } from 'playwright-core';
import { inject } from 'vitest';
import { launch } from './launch-browser.ts';
import { closeContext } from './traces.ts';

let launched: Promise<Browser> | undefined;

/**
 * Returns the browser, in a time zone where it is about noon, so that new messages are from today whenever the tests
 * run. It ends with the process, so tests close only what they open in it.
 */
export function sharedBrowser(): Promise<Browser> {
  return (launched ??= launch(inject('browserPath'), zoneAtNoon(new Date())));
}

/** Closes all profiles that tests left open. */
export async function closeContexts(): Promise<void> {
  await Promise.all((await launched)?.contexts().map(closeContext) ?? []);
}

/** Returns a time zone a whole number of hours from UTC. By POSIX, `Etc/GMT+2` is behind UTC. */
function zoneAtNoon(now: Date): string {
  const behind = now.getUTCHours() - 12;
  return `Etc/GMT${behind < 0 ? '-' : '+'}${Math.abs(behind)}`;
}
