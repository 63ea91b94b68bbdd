import { render, waitFor } from '@testing-library/svelte';
import type { ChatMessage } from 'spacetimedb-stores/chat';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import { message, user } from '../../testing/fixtures.ts';
import { hostileTexts, markdownTexts, unruledTexts } from '../../tools/checks/hostile-texts.ts';
import { formatting, loadFormatting } from '../formatting/formatting.svelte.ts';
import Announcer from './Announcer.svelte';

/** Returns the lines that an announcer says about these messages. */
async function announced(...messages: ChatMessage[]): Promise<HTMLElement[]> {
  const { container, component } = render(Announcer);
  component.say(messages);
  await tick();
  return [...container.querySelectorAll('p')];
}

describe('the announcer', () => {
  it('reads out up to three messages, and only counts more', async () => {
    const texts = ['one', 'two', 'three', 'four'].map((text) => message(user('Ada'), text));
    expect((await announced(...texts.slice(1))).map(({ textContent }) => textContent)).toEqual([
      'Ada: two',
      'Ada: three',
      'Ada: four',
    ]);
    expect((await announced(...texts)).map(({ textContent }) => textContent)).toEqual(['4 new messages']);
  });

  it('reads out formatted messages without their syntax', async () => {
    loadFormatting();
    await waitFor(() => expect(formatting()).toBeDefined());
    const text =
      'See **this** [site](https://example.com) or [a.example](https://b.example):\n- `one`\n> two';
    const [line] = await announced(message(user('Ada'), text));
    expect(line?.textContent).toBe('Ada: See this site or a.example (b.example):\none\ntwo');
  });

  it.each([...hostileTexts, ...markdownTexts, ...unruledTexts])('says %j as text', async (text) => {
    const lines = await announced(message(user(text), text));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.childElementCount).toBe(0);
    expect(lines[0]?.textContent).toContain(`${[...text].slice(0, 60).join('')}`);
  });
});
