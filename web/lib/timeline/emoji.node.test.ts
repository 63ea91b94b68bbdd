import { expect, it } from 'vitest';
import { isFewEmoji } from './emoji.ts';

it.each(['🎉', '👍🏽', '👩‍🚀 ❤️', '🇨🇭🇸🇪🇮🇳', '😀😀😀', '1️⃣2️⃣', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '™️', '👍🏽\n👍'])('shows %s large', (text) => {
  expect(isFewEmoji(text)).toBe(true);
});

it.each(['', 'a', '🎉!', '12', '#', '😀😀😀😀', 'ok 👍', '©', '12️', '🎉**', '@🎉'])(
  'shows %j as text',
  (text) => {
    expect(isFewEmoji(text)).toBe(false);
  },
);
