/** Records what browsers do, so that a test that fails leaves a trace and a picture of each page behind. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';

const FOLDER = fileURLToPath(new URL('../../../test-results/', import.meta.url));

const open = new Set<BrowserContext>();
/** The name of the test under way, once it has failed. Outside of tests nothing ever fails. */
let failedTest = (): string | undefined => undefined;
let saved = 0;

/** Called by the set-up of the browser tests. @param failed gives the name of the test under way, once it has failed */
export function traceFailures(failed: () => string | undefined): void {
  failedTest = failed;
}

/** A fresh browser profile that is recorded. Close it with `closeContext`. */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  await context.tracing.start({ snapshots: true });
  open.add(context);
  return context;
}

/** Closes a profile, and keeps what was recorded if the test under way has failed. */
export async function closeContext(context: BrowserContext): Promise<void> {
  if (open.has(context)) await save(context);
  open.delete(context);
  await context.close();
}

/** Keeps what was recorded in all profiles that are open, if the test under way has failed. */
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
    console.info(`What the browser did is in ${base}.zip; the pictures of its pages are beside it.`);
    await context.tracing.start({ snapshots: true });
  } catch (error) {
    // The test's own error is what matters, and the browser may be gone.
    console.info(`What the browser did could not be saved: ${String(error)}`);
  }
}
