import { chromium, type Browser } from 'playwright-core';

/** For running as root, without a GPU and without background traffic. */
export const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Launches the browser without a window.
 *
 * @param executablePath a `path` or `shell` as returned by `findBrowser`
 * @param timeZone IANA name; the machine's time zone by default
 */
export function launch(executablePath: string, timeZone?: string): Promise<Browser> {
  const env = timeZone === undefined ? process.env : { ...process.env, TZ: timeZone };
  return chromium.launch({ executablePath, args: ARGUMENTS, env });
}
