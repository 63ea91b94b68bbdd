import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { ROOT } from '../environment.ts';

it('vitest list needs no browser and builds no site', async () => {
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { VITEST: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, 'list', '--project', 'browser', 'web/e2e/start.test.ts'],
    { cwd: ROOT, env: { ...env, CHROME_PATH: '/no/such/browser' } },
  );
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^\[browser\] web\/e2e\/start\.test\.ts > /),
  ]);
});
