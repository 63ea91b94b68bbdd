import { chromium, type Browser } from 'playwright-core';

/** Works as root and without a graphics card, and sends nothing of the browser's own anywhere. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @param executablePath of the browser, as `findBrowser` finds it
 * @param timeZone by its name in the IANA database; by default the machine's
 */
export function launch(executablePath: string, timeZone?: string): Promise<Browser> {
  const env = timeZone === undefined ? process.env : { ...process.env, TZ: timeZone };
  return chromium.launch({ executablePath, args: ARGUMENTS, env });
}
