import path from 'node:path';
import { expect, test } from 'vitest';
import { findProgram, type Machine } from './find-program.ts';

function machine(there: readonly string[], changes: Partial<Machine> = {}): Machine & { ran: string[] } {
  const files = new Set(there.map((file) => path.normalize(file)));
  const ran: string[] = [];
  return {
    ran,
    folders: ['/usr/bin', '/usr/sbin'],
    mayInstall: true,
    isExecutable: (file) => files.has(file),
    run: (command, args) => {
      ran.push([command, ...args].join(' '));
      if (args.includes('install')) files.add(path.normalize('/usr/sbin/nginx'));
      return true;
    },
    ...changes,
  };
}

test('an installed program is used without installing anything', () => {
  const there = machine(['/usr/sbin/nginx']);
  expect(findProgram('nginx', there)).toEqual({ path: path.normalize('/usr/sbin/nginx') });
  expect(there.ran).toEqual([]);
});

test('a missing program is installed if possible', () => {
  const bare = machine([]);
  expect(findProgram('nginx', bare)).toEqual({ path: path.normalize('/usr/sbin/nginx') });
  expect(bare.ran.at(-1)).toMatch(/^apt-get install .* nginx$/);
});

test('the reason is given if a program is missing and cannot be installed', () => {
  expect(findProgram('nginx', machine([], { mayInstall: false }))).toEqual({
    missing: expect.stringContaining('only root on Debian may install it'),
  });
  expect(findProgram('nginx', machine([], { run: () => false }))).toEqual({
    missing: 'apt-get install nginx did not work',
  });
});
