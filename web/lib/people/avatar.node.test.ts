import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hueOf, initialOf } from './avatar.ts';

const identity = fc.stringMatching(/^[0-9a-f]{64}$/);

it('every identity has one hue between 0 and 360', () => {
  fc.assert(
    fc.property(identity, (id) => {
      expect(hueOf(id)).toBe(hueOf(id));
      expect(hueOf(id)).toBeGreaterThanOrEqual(0);
      expect(hueOf(id)).toBeLessThan(360);
    }),
  );
});

it('identities with the same first digits get different hues', () => {
  const thirds = new Set<number>();
  for (let i = 0; i < 30; i++) thirds.add(Math.floor(hueOf(`c200${i.toString(16).padStart(60, '0')}`) / 120));
  expect(thirds.size).toBe(3);
});

it.each([
  ['ada', 'A'],
  ['  élodie', 'É'],
  ['e\u0301lodie', 'E\u0301'],
  ['👩‍🚀 Sally', '👩‍🚀'],
  ['محمد', 'م'],
  ['   ', ''],
])('the initial of %j is %j', (name, initial) => {
  expect(initialOf(name)).toBe(initial);
});
