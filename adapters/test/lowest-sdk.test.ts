import { readFileSync } from 'node:fs';
import { BinaryReader } from 'spacetimedb';
import { expect, it } from 'vitest';

// Runs in the project `lowest-sdk` only.

const versionAt = (file: string): { version: string; peerDependencies: Record<string, string> } =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as never;

it('runs these tests on the lowest SDK version that the package requires', () => {
  let stack = '';
  try {
    new BinaryReader(new Uint8Array()).readU32();
  } catch (error) {
    ({ stack = '' } = error as Error);
  }
  const [folder = ''] = /\/node_modules\/spacetimedb[^/]*/.exec(stack) ?? [];
  expect(folder).toBe('/node_modules/spacetimedb-lowest');
  const { version } = versionAt(`../..${folder}/package.json`);
  expect(version).not.toBe(versionAt('../../node_modules/spacetimedb/package.json').version);
  expect(versionAt('../package.json').peerDependencies['spacetimedb']).toBe(`^${version}`);
});
