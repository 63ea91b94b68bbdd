/** Every command that stands in the pages is one that there is, with options that there are. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseCommand } from '../../spacetimedb/host/src/cli/arguments.ts';
import { readEnvironment } from '../../web/tools/environment.ts';
import { PAGES, ROOT, shellCommands, type ShellCommand } from './markdown.ts';

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Programs of other people: what these pages do with them needs them, or another machine. */
const OTHERS = new Set(['curl', 'docker', 'git', 'spacetime']);

function checkNpm(words: readonly string[]): void {
  const [command = '', name] = words;
  if (command === 'install' || command === 'ci') return;
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
  // As the host's own README writes it: for where the package is installed.
  else if (program === 'spacetimedb-host') checkNpx(words);
  else expect([...OTHERS]).toContain(program);
  if (rest[0] === 'start' && program === 'npm') expect(() => readEnvironment(environment)).not.toThrow();
}

const commands = shellCommands(PAGES).filter(({ text }) => !text.includes('['));

test('there are commands to look at', () => {
  expect(commands.length).toBeGreaterThan(30);
});

test.each(commands.map((command) => [`${command.file}:${command.line}`, command.text, command] as const))(
  '%s: %s is a command that there is',
  (_place, _text, command) => check(command),
);

test('every script of package.json that the pages name in a sentence is there', () => {
  for (const page of PAGES) {
    const text = readFileSync(path.join(ROOT, page), 'utf8');
    for (const [, name = ''] of text.matchAll(/`npm run ([\w:]+)/g))
      expect(Object.keys(scripts), page).toContain(name);
  }
});
