import { expect, it } from 'vitest';
import { en } from '../lib/strings/en.ts';
import { oneLanguage } from './one-language.ts';

/** What becomes of the code of a file. */
function transformed(code: string, file = 'components/Some.svelte'): string | undefined {
  const { transform } = oneLanguage(en);
  const handler = (transform as { handler: (code: string, id: string) => { code: string } | undefined })
    .handler;
  return handler(code, `/web/lib/${file}`)?.code;
}

const imports = "import { useStrings } from '../strings/context.ts';\nconst t = useStrings();\n";

it('puts texts where they are asked for', () => {
  expect(transformed(`${imports}<b>{t().send}</b>`)).toContain('<b>{("Send")}</b>');
  expect(transformed(`${imports}<b>{t().unread(count)}</b>`)).toContain('1 new message');
  expect(transformed(`${imports}toLatest(t(), t().locale)`)).toContain('toLatest(undefined, (undefined))');
});

it('leaves nothing of the dictionary', () => {
  expect(transformed('export const en = { send: 1 };', 'strings/en.ts')).not.toContain('send');
});

it('leaves files alone that have no texts', () => {
  expect(transformed('const t = 1; t.send')).toBeUndefined();
});

it('fails for a text that there is not, and for one that it cannot see', () => {
  expect(() => transformed(`${imports}{t().nothing}`)).toThrow('nothing');
  expect(() => transformed(`${imports}{t()[name]}`)).toThrow('does not name');
});
