/** Every command in the docs exists and has only valid options. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseCommand } from '../../spacetimedb/host/src/cli/arguments.ts';
import { readEnvironment } from '../../web/tools/environment.ts';
import { PAGES, ROOT, shellCommands, type ShellCommand } from './markdown.ts';

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Third-party programs, whose commands are not checked. */
const OTHERS = new Set(['cd', 'curl', 'docker', 'git', 'spacetime']);

function checkNpm(words: readonly string[]): void {
  const [command = '', name] = words;
  if (command === 'install' || command === 'ci') return;
  if (command === 'pack') {
    expect(existsSync(path.join(ROOT, 'node_modules', words[words.indexOf('-w') + 1] ?? ''))).toBe(true);
    return;
  }
  const script = command === 'run' ? name : command;
  expect(Object.keys(scripts)).toContain(script);
}

function checkNpx(words: readonly string[]): void {
  const [program = '', ...rest] = words;
  if (program === 'spacetimedb-host') {
    expect(() => parseCommand(rest)).not.toThrow();
    return;
  }
  expect(existsSync(path.join(ROOT, 'node_modules/.bin', program)), program).toBe(true);
  if (program === 'vitest') checkVitest(rest);
}

function checkVitest(words: readonly string[]): void {
  const project = words[words.indexOf('--project') + 1] ?? '';
  const config = readFileSync(path.join(ROOT, 'vite.config.ts'), 'utf8');
  expect(config).toContain(`name: '${project}'`);
  for (const word of words)
    if (word.includes('.test.ts')) expect(existsSync(path.join(ROOT, word)), word).toBe(true);
}

function check({ words, environment }: ShellCommand): void {
  const [program = '', ...rest] = words;
  if (program === 'npm') checkNpm(rest);
  else if (program === 'npx') checkNpx(rest);
  // The host's README assumes that the package is installed.
  else if (program === 'spacetimedb-host') checkNpx(words);
  else expect([...OTHERS]).toContain(program);
  if (rest[0] === 'start' && program === 'npm') expect(() => readEnvironment(environment)).not.toThrow();
}

const commands = shellCommands(PAGES).filter(({ text }) => !text.includes('['));

test('the docs contain commands', () => {
  expect(commands.length).toBeGreaterThan(30);
});

test.each(commands.map((command) => [`${command.file}:${command.line}`, command.text, command] as const))(
  '%s: %s is a valid command',
  (_place, _text, command) => check(command),
);

test('package.json has every script that the docs mention', () => {
  for (const page of PAGES) {
    const text = readFileSync(path.join(ROOT, page), 'utf8');
    for (const [, name = ''] of text.matchAll(/`npm run ([\w:]+)/g))
      expect(Object.keys(scripts), page).toContain(name);
  }
});
