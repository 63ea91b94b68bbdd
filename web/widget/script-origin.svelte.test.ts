import { afterEach, expect, it } from 'vitest';
import { scriptOrigin } from './script-origin.ts';

function include(...sources: string[]): void {
  for (const source of sources) {
    const script = document.createElement('script');
    // Not run by the test's DOM.
    script.type = 'module';
    script.setAttribute('src', source);
    document.head.append(script);
  }
}

afterEach(() => document.head.replaceChildren());

const own = 'https://cdn.example.net/chunks/widget-abc.js';

it('the address in the page counts, whatever redirects follow', () => {
  include('https://other.example/app.js', 'https://chat.example.com/widget/spacetimedb-chat.js?v=2');
  expect(scriptOrigin(own)).toBe('https://chat.example.com');
});

it('the first of several scripts counts, as for the element', () => {
  include('https://one.example/spacetimedb-chat.js', 'https://two.example/spacetimedb-chat.js');
  expect(scriptOrigin(own)).toBe('https://one.example');
});

it('a script that is imported by another has the origin of its own files', () => {
  include('https://other.example/not-spacetimedb-chat.js.map');
  expect(scriptOrigin(own)).toBe('https://cdn.example.net');
});

it('a page that was not loaded from a web server has no default', () => {
  include('file:///widget/spacetimedb-chat.js');
  expect(scriptOrigin('file:///widget/chunks/widget-abc.js')).toBeUndefined();
  expect(scriptOrigin('blob:https://chat.example.com/1234')).toBeUndefined();
});
