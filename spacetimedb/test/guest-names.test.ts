import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADJECTIVES, ANIMALS, guestName } from '../src/guest-names.ts';
import { looksLikeGuest } from '../src/look-alikes.ts';
import { nameProblem } from '../src/rules.ts';

const identity = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

describe('guest names', () => {
  test('a guest name is an adjective and an animal that could be a name', () => {
    fc.assert(
      fc.property(identity, (id) => {
        const name = guestName(id);
        expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
        expect(nameProblem(name)).toBeUndefined();
        expect(looksLikeGuest(name)).toBe(true);
      }),
    );
  });

  test('guest names stay the same from version to version', () => {
    // People know each other by them, so a change of the lists or the hash must be deliberate.
    expect(guestName(`c200${'0'.repeat(60)}`)).toBe('Rosy Leopard');
    expect(guestName(`c200${'0'.repeat(59)}1`)).toBe('Daring Moose');
  });

  test('all words are used, each about as often as the others', () => {
    const counts = new Map<string, number>();
    const rounds = 100 * ADJECTIVES.length;
    for (let n = 0; n < rounds; n++) {
      for (const word of guestName(`c200${n.toString(16).padStart(60, '0')}`).split(' ')) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(new Set([...ADJECTIVES, ...ANIMALS]).size);
    expect(Math.min(...counts.values())).toBeGreaterThan(50);
    expect(Math.max(...counts.values())).toBeLessThan(200);
  });

  test('there are enough names for 50 guests to differ in 9 of 10 rooms', () => {
    const pairs = (50 * 49) / 2;
    expect(pairs / (ADJECTIVES.length * ANIMALS.length)).toBeLessThan(0.1);
  });
});
