import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { messageProblem, nameProblem } from '../../../spacetimedb/src/rules.ts';
import { addressFromConfig, addressFromQuery, resolveSiteAddress } from '../session/server-address.ts';
import { strings as german } from './de.ts';
import { languages, loadStrings } from './languages.ts';
import { pieces } from './strings.ts';
import { translate } from './translate.ts';

const others = languages.filter((language) => language !== 'en');
const placeholders = (text: string): string[] => pieces(text).filter((_, index) => index % 2 === 1);

/** The literal parts of the texts that an expression may produce. */
function textsOf(node: ts.Expression): string[][] {
  if (ts.isStringLiteralLike(node)) return [[node.text]];
  if (ts.isTemplateExpression(node)) {
    return [[node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]];
  }
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isCallExpression(node)) return node.arguments.flatMap(textsOf);
  return [];
}

/** The module's refusals, as literal parts. */
function refusalsOfModule(): string[][] {
  const folder = new URL('../../../spacetimedb/src/', import.meta.url);
  return readdirSync(folder).flatMap((file) => {
    const source = ts.createSourceFile(
      file,
      readFileSync(new URL(file, folder), 'utf8'),
      ts.ScriptTarget.Latest,
    );
    const found: string[][] = [];
    const visit = (node: ts.Node, inProblem: boolean): void => {
      if (ts.isCallExpression(node) && node.expression.getText(source) === 'refuse') {
        found.push(...node.arguments.flatMap(textsOf));
      }
      if (inProblem && ts.isReturnStatement(node) && node.expression) found.push(...textsOf(node.expression));
      const isProblem = ts.isFunctionDeclaration(node) && /Problem$/.test(node.name?.text ?? '');
      ts.forEachChild(node, (child) => visit(child, inProblem || isProblem));
    };
    visit(source, false);
    return found;
  });
}

const patternOf = (parts: readonly string[]): RegExp =>
  new RegExp(
    `^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}(: \\{reason\\})?$`,
  );

it('every refusal of the module is in the list of texts to translate', () => {
  const known = Object.keys(german.translated);
  const refusals = refusalsOfModule();
  expect(refusals.length).toBeGreaterThan(20);
  const missing = refusals.filter((parts) => !known.some((text) => patternOf(parts).test(text)));
  // Add them to `Refusal` in translatable.ts; the compiler then asks for the translations.
  expect(missing).toEqual([]);
});

it('the list has no refusals that the module does not have', () => {
  const patterns = refusalsOfModule().map(patternOf);
  const first = 'in config.json';
  const known = Object.keys(german.translated);
  const refusals = known.slice(0, known.indexOf(first));
  expect(refusals.filter((text) => !patterns.some((pattern) => pattern.test(text)))).toEqual([]);
});

/** The messages of all errors about addresses. */
async function addressProblems(): Promise<string[]> {
  const page = new URL('https://chat.example.com/');
  const query = (search: string) => addressFromQuery(new URL(search, page));
  const own = { where: 'in config.json', uri: 'https://chat.example.com' };
  const file = (content: string) => () =>
    Promise.resolve(new Response(content, { headers: { 'content-type': 'application/json' } }));
  const attempts: (() => unknown)[] = [
    () => resolveSiteAddress([query('?uri=nonsense')], [own], page),
    () => resolveSiteAddress([query('?uri=http://evil.example')], [own], page),
    () => resolveSiteAddress([query('?database=Not a name')], [own], page),
    () => resolveSiteAddress([query('?uri=https://evil.example')], [{ ...own, servers: [] }], page),
    () => resolveSiteAddress([query('?uri=https://evil.example')], [{ ...own, servers: 'evil' }], page),
    () => resolveSiteAddress([query('?uri=https://evil.example')], [{ ...own, unknown: true }], page),
    () => resolveSiteAddress([], [], new URL('file:///chat.html')),
    () => resolveSiteAddress([], [{ ...own, title: 7 }], page),
    () => resolveSiteAddress([], [{ ...own, rooms: ['lobby'] }], page),
    () => addressFromConfig('config.json', file('[]')),
  ];
  return Promise.all(
    attempts.map(async (attempt) => {
      try {
        await attempt();
      } catch (error) {
        return (error as Error).message;
      }
      throw new Error('The attempt did not fail');
    }),
  );
}

describe.each(others)('%s', (language) => {
  it('translates the problems that the rules for names and messages report', async () => {
    const t = await loadStrings(language, []);
    const problems = [
      nameProblem(''),
      nameProblem('x'.repeat(33)),
      nameProblem('a\u202eb'),
      nameProblem('a\u200bb'),
      nameProblem('e\u0301\u0302\u0303\u0304\u0305\u0306'),
      messageProblem(' '),
      messageProblem('x'.repeat(2001)),
    ];
    for (const problem of problems) {
      expect(problem).toBeTypeOf('string');
      expect(translate(problem ?? '', t)).not.toBe(problem);
    }
  });

  it('translates the errors about addresses, and keeps the addresses', async () => {
    const t = await loadStrings(language, []);
    const problems = await addressProblems();
    for (const problem of problems) expect(translate(problem, t)).not.toBe(problem);
    const translations = problems.map((problem) => translate(problem, t)).join('\n');
    expect(translations).toContain('evil.example');
    expect(translations).not.toMatch(/\{\w+\}|this page|of this chat/);
  });

  it('keeps the placeholders, but may say when instead of how long', async () => {
    const { translated } = await loadStrings(language, []);
    for (const [text, translation] of Object.entries(translated)) {
      const kept = placeholders(translation).map((name) => (name === 'in' ? 'duration' : name));
      expect(kept.sort(), text).toEqual(placeholders(text).sort());
      expect(translation.trim(), text).toBe(translation);
      expect(translation, text).not.toBe(text);
    }
  });

  it('translates every unit of time', async () => {
    const t = await loadStrings(language, []);
    for (const duration of ['1 second', '30 seconds', '1 minute', '5 minutes', '2 hours', '3 days']) {
      const wait = translate(`You are muted for another ${duration}: rude words`, t);
      expect(wait).toContain('rude words');
      expect(wait).not.toContain('muted');
      expect(translate(`You are new here. You can write in ${duration}`, t)).not.toMatch(/new here|\{/);
    }
  });
});

it('numbers and durations follow the language', async () => {
  const de = await loadStrings('de', []);
  expect(translate('Messages must not have more than 2000 characters', de)).toBe(
    'Die Nachricht darf höchstens 2.000 Zeichen haben',
  );
  expect(translate('Slow down a little. Try again in 1 second', de)).toBe(
    'Etwas langsamer, bitte: warte 1 Sekunde',
  );
  expect(translate('Slow down a little. Try again in 1.5 seconds', de)).toBe(
    'Etwas langsamer, bitte: warte 1,5 Sekunden',
  );
  expect(translate('You are new here. You can write in 3 days', de)).toBe(
    'Du bist neu hier. Du kannst in 3 Tagen schreiben',
  );
});

it('other texts, and English texts, do not change', async () => {
  const de = await loadStrings('de', []);
  for (const text of ['Something else', 'Slow down a little. Try again in a bit', 'Message not found.', '']) {
    expect(translate(text, de)).toBe(text);
  }
  expect(translate('Message not found')).toBe('Message not found');
});

it('texts by people keep their own direction among right-to-left text', async () => {
  const ar = await loadStrings('ar', []);
  expect(translate('You are banned from this room: rude', ar)).toContain('\u2068rude\u2069');
  expect(translate('You are banned from this room: rude', german)).not.toContain('\u2068');
});
