import { expect, it } from 'vitest';
import { isFewEmoji } from './emoji.ts';

it.each(['🎉', '👍🏽', '👩‍🚀 ❤️', '🇨🇭🇸🇪🇮🇳', '😀😀😀'])('shows %s large', (text) => {
  expect(isFewEmoji(text)).toBe(true);
});

it.each(['', 'a', '🎉!', '12', '#', '😀😀😀😀', 'ok 👍'])('shows %j as text', (text) => {
  expect(isFewEmoji(text)).toBe(false);
});
