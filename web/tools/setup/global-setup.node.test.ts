import { expect, it, vi } from 'vitest';
import type { TestProject } from 'vitest/node';
import setUp from './global-setup.ts';

it('vitest list needs no browser and builds no site', async () => {
  const { argv } = process;
  vi.stubEnv('CHROME_PATH', '/no/such/browser');
  const provide = vi.fn();
  const project = { provide } as unknown as TestProject;
  try {
    process.argv = [...argv.slice(0, 2), 'run'];
    await expect(setUp(project)).rejects.toThrow('CHROME_PATH is /no/such/browser');
    process.argv = [...argv.slice(0, 2), 'list', '--project', 'browser'];
    await setUp(project);
  } finally {
    process.argv = argv;
  }
  expect(provide).not.toHaveBeenCalled();
});
