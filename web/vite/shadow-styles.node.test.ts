import { expect, it } from 'vitest';
import { forShadowRoot } from './shadow-styles.ts';

it('turns lengths that depend on the page into pixels, and names nothing else', () => {
  expect(forShadowRoot('.a{margin:-.25rem 1.5rem;width:calc(100% - 2rem)}')).toBe(
    '.a{margin:-4px 24px;width:calc(100% - 32px)}',
  );
  expect(forShadowRoot('.pb-\\[max\\(0\\.75rem\\)\\]{padding:max(.75rem,0px)}')).toBe(
    '.pb-\\[max\\(0\\.75rem\\)\\]{padding:max(12px,0px)}',
  );
  expect(forShadowRoot('.h-\\[min\\(12rem\\,35cqh\\)\\]{height:min(12rem,35cqh)}')).toBe(
    '.h-\\[min\\(12rem\\,35cqh\\)\\]{height:min(192px,35cqh)}',
  );
  expect(forShadowRoot('@container (width>=40rem){.b{gap:0}}')).toBe('@container (width>=640px){.b{gap:0}}');
});

it('gives initial values to the elements, in every browser', () => {
  const css =
    '@layer properties{@supports (a:b) or (c:d){*,:before{--tw-x:0}}}.a{}@property --tw-x{syntax:"*"}';
  expect(forShadowRoot(css)).toBe('@layer properties{@media all{*,:before{--tw-x:0}}}.a{}');
});

it('puts the theme out of reach of what a page says of the element', () => {
  expect(forShadowRoot(':root,:host{--a:1px}html,:host{line-height:2}')).toBe(
    '.root{--a:1px}html,:host{line-height:2}',
  );
});
