import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../environment.ts';

it('vitest list needs no browser and builds no site', async () => {
  // The repository's own configuration takes four times as long to load.
  const folder = await mkdtemp(path.join(tmpdir(), 'vitest-list-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const setup = JSON.stringify(path.join(import.meta.dirname, 'global-setup.ts'));
  await writeFile(
    path.join(folder, 'vitest.config.mjs'),
    `export default { test: { globals: true, globalSetup: [${setup}] } };`,
  );
  await writeFile(path.join(folder, 'page.test.mjs'), `test('shows the page', () => undefined);`);
  const { VITEST: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'list'],
    { cwd: folder, env: { ...env, CHROME_PATH: '/no/such/browser' } },
  );
  expect(stdout.trim()).toBe('page.test.mjs > shows the page');
});
