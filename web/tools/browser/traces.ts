/** Records browser contexts, so that a failed test leaves a trace and screenshots. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';

const FOLDER = fileURLToPath(new URL('../../../test-results/', import.meta.url));

const open = new Set<BrowserContext>();
/** Returns the name of the running test once it has failed; undefined outside of tests. */
let failedTest = (): string | undefined => undefined;
let saved = 0;

/**
 * Called by the set-up of the browser tests.
 *
 * @param failed returns the name of the running test once it has failed
 */
export function traceFailures(failed: () => string | undefined): void {
  failedTest = failed;
}

/** Opens a new browser profile and records it. Close it with `closeContext`. */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.once('close', () => open.delete(context));
  await startRecording(context);
  return context;
}

export async function startRecording(context: BrowserContext): Promise<void> {
  await context.tracing.start({ snapshots: true });
  open.add(context);
}

/** Ends the recording of a profile, and saves it if the running test has failed. */
export async function stopRecording(context: BrowserContext): Promise<void> {
  if (!open.has(context)) return;
  await save(context);
  // Otherwise its temporary folder would stay.
  await context.tracing.stop();
  open.delete(context);
}

/** Closes a profile, and saves its recording if the running test has failed. */
export async function closeContext(context: BrowserContext): Promise<void> {
  await stopRecording(context);
  await context.close();
}

/** Saves the recordings of all open profiles if the running test has failed. */
export async function saveOpenContexts(): Promise<void> {
  for (const context of open) await save(context);
}

async function save(context: BrowserContext): Promise<void> {
  const test = failedTest();
  if (test === undefined) return;
  const name = test.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80);
  const base = path.join(FOLDER, `${name}-${process.pid}-${++saved}`);
  await mkdir(FOLDER, { recursive: true });
  try {
    for (const [index, page] of context.pages().entries()) {
      await page.screenshot({ path: `${base}-page-${index + 1}.png`, timeout: 5_000 });
    }
    await context.tracing.stop({ path: `${base}.zip` });
    console.info(`Saved the trace as ${base}.zip, with screenshots beside it.`);
    await context.tracing.start({ snapshots: true });
  } catch (error) {
    // The test's own error matters more, and the browser may be gone.
    console.info(`Could not save the trace: ${String(error)}`);
  }
}
