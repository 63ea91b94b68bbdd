import { transform } from 'lightningcss';
import { expect, it } from 'vitest';
import { shadowStyles } from './shadow-styles.ts';

const forShadowRoot = (css: string): string =>
  transform({
    filename: 'a.css',
    code: Buffer.from(css),
    minify: true,
    visitor: shadowStyles,
  }).code.toString();

it('converts rem lengths to pixels and leaves names alone', () => {
  expect(forShadowRoot('.a{margin:-.25rem 1.5rem;width:calc(100% - 2rem)}')).toBe(
    '.a{width:calc(100% - 32px);margin:-4px 24px}',
  );
  expect(forShadowRoot('.pb-\\[max\\(0\\.75rem\\)\\]{padding:max(.75rem,1vh)}')).toBe(
    '.pb-\\[max\\(0\\.75rem\\)\\]{padding:max(12px,1vh)}',
  );
  expect(forShadowRoot('.h-\\[min\\(12rem\\,35cqh\\)\\]{height:min(12rem,35cqh)}')).toBe(
    '.h-\\[min\\(12rem\\,35cqh\\)\\]{height:min(192px,35cqh)}',
  );
  expect(forShadowRoot('@container (width>=40rem){.b{gap:0}}')).toBe('@container (width>=640px){.b{gap:0}}');
  expect(forShadowRoot('@media (width>=40rem){.b{gap:0}}')).toBe('@media (width>=640px){.b{gap:0}}');
  expect(forShadowRoot('.a{--gap:calc(2rem*var(--n));--text:"1rem";content:"2rem"}')).toBe(
    '.a{--gap:calc(32px*var(--n));--text:"1rem";content:"2rem"}',
  );
});

it('sets initial values on the elements in every browser', () => {
  const css =
    '@layer properties{@supports (a:b) or (c:d){*,:before{--tw-x:0}}}.a{color:red}@property --tw-x{syntax:"*";inherits:false}';
  expect(forShadowRoot(css)).toBe('@layer properties{*,:before{--tw-x:0}}.a{color:red}');
});

it("scopes the theme to .root, out of reach of the page's rules for the host element", () => {
  expect(forShadowRoot(':root,:host{--a:1px}html,:host{line-height:2}:root{--b:1px}')).toBe(
    '.root{--a:1px}html,:host{line-height:2}:root{--b:1px}',
  );
});
