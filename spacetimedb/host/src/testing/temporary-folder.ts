/** A folder for tests that is deleted afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Call it inside a test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'spacetimedb-host-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
