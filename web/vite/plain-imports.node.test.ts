import { resolveConfig, type Plugin, type ResolvedConfig } from 'vite';
import { expect, it } from 'vitest';
import { plainImports } from './plain-imports.ts';

it('takes from Vite what it puts around imports', async () => {
  const { plugins } = await resolveConfig({ configFile: false, plugins: [plainImports()] }, 'build');
  const wrapping = plugins.filter(({ name }) => name.startsWith('native:import-analysis'));
  expect(plugins.some(({ name }) => name === 'plain-imports')).toBe(true);
  expect(wrapping).toEqual([]);
});

it('fails when there is nothing to take', () => {
  const { configResolved } = plainImports();
  const resolved = configResolved as (config: Pick<ResolvedConfig, 'plugins'>) => void;
  expect(() => resolved({ plugins: [] satisfies Plugin[] })).toThrow('Vite has changed');
});
