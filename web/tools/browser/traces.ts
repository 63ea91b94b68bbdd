/**
 * Saves screenshots of failed browser tests in `test-results/`, and a trace of the second try. The first try is not
 * recorded, because recording takes a sixth of the time of the browser tests.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';

const FOLDER = fileURLToPath(new URL('../../../test-results/', import.meta.url));

export interface RunningTest {
  name: string;
  hasFailed: boolean;
  isSecondTry: boolean;
}

const open = new Set<BrowserContext>();
const recorded = new WeakSet<BrowserContext>();
let runningTest = (): RunningTest | undefined => undefined;
let saved = 0;

/**
 * Called by the set-up of the browser tests.
 *
 * @param running returns undefined outside of tests
 */
export function traceFailures(running: () => RunningTest | undefined): void {
  runningTest = running;
}

/**
 * Opens a new browser profile. Close it with `closeContext`.
 *
 * Without the option `serviceWorkers: 'allow'`, sites cannot install service workers: ours loads all files of the site,
 * which takes more time than opening the page.
 */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ serviceWorkers: 'block', ...options });
  context.once('close', () => open.delete(context));
  await watch(context);
  return context;
}

/** If a test fails before `unwatch`, saves screenshots of this profile. */
export async function watch(context: BrowserContext): Promise<void> {
  open.add(context);
  if (!runningTest()?.isSecondTry) return;
  await context.tracing.start({ snapshots: true });
  recorded.add(context);
}

/** Saves what the profile shows if the running test has failed, and no longer watches it. */
export async function unwatch(context: BrowserContext): Promise<void> {
  if (!open.delete(context)) return;
  await save(context);
  // Otherwise its temporary folder would stay.
  if (recorded.delete(context)) await context.tracing.stop();
}

/** Closes a profile, after saving what it shows if the running test has failed. */
export async function closeContext(context: BrowserContext): Promise<void> {
  await unwatch(context);
  await context.close();
}

/** Saves what all open profiles show if the running test has failed. */
export async function saveOpenContexts(): Promise<void> {
  for (const context of open) await save(context);
}

async function save(context: BrowserContext): Promise<void> {
  const test = runningTest();
  if (!test?.hasFailed) return;
  const name = test.name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80);
  const base = path.join(FOLDER, `${name}-${process.pid}-${++saved}`);
  await mkdir(FOLDER, { recursive: true });
  try {
    for (const [index, page] of context.pages().entries()) {
      await page.screenshot({ path: `${base}-page-${index + 1}.png`, timeout: 5_000 });
    }
    console.info(`Saved screenshots as ${base}-page-*.png.`);
    if (!recorded.has(context)) return;
    await context.tracing.stop({ path: `${base}.zip` });
    console.info(`Saved the trace as ${base}.zip.`);
    await context.tracing.start({ snapshots: true });
  } catch (error) {
    // The test's own error matters more, and the browser may be gone.
    console.info(`Could not save screenshots and trace: ${String(error)}`);
  }
}
