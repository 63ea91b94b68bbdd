/** Checks that the Dockerfile still matches the repository. Only CI builds it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseCommand } from '../../spacetimedb/host/src/cli/arguments.ts';
import { ROOT } from './markdown.ts';

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const instructions = read('Dockerfile')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)] as const);
const all = (name: string) => instructions.filter(([word]) => word === name).map(([, text]) => text);
const last = (name: string) => all(name).at(-1) ?? '';

const MADE_BY_BUILD = ['node_modules', 'build'];

test('it uses only valid instructions', () => {
  const known = [
    'FROM',
    'WORKDIR',
    'COPY',
    'RUN',
    'ENV',
    'USER',
    'VOLUME',
    'EXPOSE',
    'HEALTHCHECK',
    'ENTRYPOINT',
    'CMD',
  ];
  for (const [word] of instructions) expect(known).toContain(word);
});

test('it uses a Node version that the packages support and that CI tests', () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const lowest = Number(/>=(\d+)/.exec(engines.node)?.[1]);
  const versions = all('FROM').map((text) => Number(/^node:(\d+)-/.exec(text)?.[1]));
  expect(versions).toHaveLength(2);
  for (const version of versions) {
    expect(version).toBeGreaterThanOrEqual(lowest);
    expect(read('.github/workflows/ci.yml')).toMatch(new RegExp(`node: \\[.*\\b${version}\\b.*\\]`));
  }
});

test('the files that it copies and the scripts that it runs exist', () => {
  for (const text of all('COPY').filter((line) => line.startsWith('--from=build'))) {
    const name = text.split(' ')[1]?.replace('/app/', '') ?? '';
    expect(MADE_BY_BUILD.includes(name) || existsSync(path.join(ROOT, name)), name).toBe(true);
  }
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const [, name = ''] of all('RUN')
    .join(' ')
    .matchAll(/npm run ([\w:]+)/g)) {
    expect(Object.keys(scripts)).toContain(name);
  }
});

test('it starts the host as an unprivileged user, on all addresses, with its data in the volume', () => {
  const entry = JSON.parse(last('ENTRYPOINT')) as string[];
  expect(entry[0]).toBe('node');
  expect(existsSync(path.join(ROOT, entry[1] ?? ''))).toBe(true);
  expect(parseCommand(JSON.parse(last('CMD')) as string[])).toMatchObject({
    name: 'start',
    module: 'spacetimedb',
    hostname: '0.0.0.0',
    dataDir: expect.stringMatching(`^${last('VOLUME')}/`),
    port: Number(last('EXPOSE')),
    trustProxy: 1,
  });
  expect(last('USER')).toBe('node');
  expect(() => JSON.parse(last('HEALTHCHECK').replace(/^CMD /, '')) as string[]).not.toThrow();
});

test('the image does not contain secrets, data or build output of the host machine', () => {
  const ignored = read('.dockerignore').split('\n');
  expect(ignored).toEqual(
    expect.arrayContaining(['.git', '.spacetimedb', '**/node_modules', '**/dist', 'build', '.env*']),
  );
});
