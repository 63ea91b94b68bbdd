import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { initialOf } from './avatar.ts';

/** Hues of a newly opened page. */
async function freshHues() {
  vi.resetModules();
  return import('./avatar.ts');
}

const identity = fc.stringMatching(/^[0-9a-f]{64}$/);

it('people have different hues while there are enough, and every hue is used as often', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(identity, { minLength: 30, maxLength: 30 }), async (people) => {
      const { hueOf, hues } = await freshHues();
      const shown = people.map(hueOf);
      for (let start = 0; start < people.length; start += hues.length) {
        expect(new Set(shown.slice(start, start + hues.length)).size).toBe(hues.length);
      }
      // In another order, so that assigning the hues again would differ.
      expect(people.toReversed().map(hueOf)).toEqual(shown.toReversed());
    }),
    { numRuns: 20 },
  );
});

it('the first person gets the same hue on every visit, by all digits of their identity', async () => {
  const first = async (id: string): Promise<number> => (await freshHues()).hueOf(id);
  const found = new Set<number>();
  for (let i = 0; i < 30; i++) {
    const id = `c200${i.toString(16).padStart(60, '0')}`;
    const hue = await first(id);
    expect(await first(id)).toBe(hue);
    found.add(hue);
  }
  expect(found.size).toBeGreaterThan(5);
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
