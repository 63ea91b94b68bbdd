import { createEvent, fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { ComponentProps } from 'svelte';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { user } from '../../testing/fixtures.ts';
import Composer from './Composer.svelte';

const users = [
  user('Ann Lee', { online: false }),
  user('Anton'),
  user('Me', { isMe: true }),
  user(undefined, { id: 'f'.repeat(64), label: 'Quiet Otter' }),
];

function setUp(props: Partial<ComponentProps<typeof Composer>> = {}) {
  const onsend = vi.fn(() => Promise.resolve());
  const { rerender } = render(Composer, { onsend, users, ...props });
  const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
  return { onsend, person: userEvent.setup(), field, rerender };
}

/** The library that simulates typing keeps its own copy of the text, which sending does not change. */
const write = (field: HTMLTextAreaElement, value: string) => fireEvent.input(field, { target: { value } });
const options = () => screen.queryAllByRole('option').map((option) => option.textContent);
const offered = (...expected: (string | RegExp)[]) =>
  vi.waitFor(() => expect(options()).toEqual(expected.map((text) => expect.stringMatching(text) as string)));
const selected = () => screen.getByRole('option', { selected: true });

describe('a mention', () => {
  it('offers people who are online first, and Enter writes the name instead of sending', async () => {
    const { onsend, person, field } = setUp();
    await person.type(field, 'hi @an');
    await offered(/Anton/, /Ann Lee/);
    expect(field).toHaveAttribute('aria-autocomplete', 'list');
    expect(field.getAttribute('aria-controls')).toBe(screen.getByRole('listbox', { name: 'Suggestions' }).id);
    expect(field.getAttribute('aria-activedescendant')).toBe(selected().id);
    await person.keyboard('{ArrowDown}');
    expect(selected()).toHaveTextContent('Ann Lee');
    expect(field.getAttribute('aria-activedescendant')).toBe(selected().id);
    await person.keyboard('{Enter}');
    expect(field).toHaveValue('hi @Ann Lee ');
    expect(onsend).not.toHaveBeenCalled();
    expect(screen.queryByRole('listbox')).not.toBeInTheDocument();
    expect(field).not.toHaveAttribute('aria-controls');
    expect(field).not.toHaveAttribute('aria-activedescendant');
    await person.keyboard('{Enter}');
    expect(onsend).toHaveBeenCalledExactlyOnceWith('hi @Ann Lee ');
  });

  it('completes names with spaces, by Tab or by a click', async () => {
    const { person, field } = setUp();
    await person.type(field, '@quiet o');
    await offered(/Quiet Otter/);
    await person.keyboard('{Tab}');
    expect(field).toHaveValue('@Quiet Otter ');
    expect(field).toHaveFocus();
    await person.type(field, '@ant');
    await offered(/Anton/);
    await person.click(screen.getByRole('option'));
    expect(field).toHaveValue('@Quiet Otter @Anton ');
    expect(field).toHaveFocus();
  });

  it('wraps around with the arrow keys', async () => {
    const { person, field } = setUp();
    await person.type(field, '@an');
    await offered(/Anton/, /Ann Lee/);
    await person.keyboard('{ArrowUp}');
    expect(selected()).toHaveTextContent('Ann Lee');
    await person.keyboard('{ArrowDown}');
    expect(selected()).toHaveTextContent('Anton');
  });

  it('can be inserted before existing text', async () => {
    const { person, field } = setUp();
    await person.type(field, ' there');
    field.setSelectionRange(0, 0);
    await person.keyboard('@ant');
    await offered(/Anton/);
    await person.keyboard('{Enter}');
    expect(field).toHaveValue('@Anton there');
  });

  it('offers everyone to staff only', async () => {
    const { person, field } = setUp({ isStaff: true });
    await person.type(field, '@ever');
    await offered(/📣 @everyone/);
    await person.keyboard('{Enter}');
    expect(field).toHaveValue('@everyone ');
  });

  it('does not offer everyone to others', async () => {
    const { person, field } = setUp();
    await person.type(field, '@a');
    await offered(/Anton/, /Ann Lee/);
    await person.clear(field);
    await person.type(field, '@ever');
    await vi.waitFor(() => expect(options()).toEqual([]));
  });

  it('Escape closes the list and nothing else until something else is completed', async () => {
    const { onsend, person, field } = setUp();
    const onescape = vi.fn();
    window.addEventListener('keydown', onescape);
    onTestFinished(() => window.removeEventListener('keydown', onescape));
    await person.type(field, '@an');
    await offered(/Anton/, /Ann Lee/);
    onescape.mockClear();
    await person.keyboard('{Escape}');
    expect(onescape).not.toHaveBeenCalled();
    expect(options()).toEqual([]);
    await person.keyboard('t');
    expect(options()).toEqual([]);
    await person.keyboard('{Enter}');
    expect(onsend).toHaveBeenCalledExactlyOnceWith('@ant');
    await vi.waitFor(() => expect(field).toHaveValue(''));
    await write(field, '@an');
    await offered(/Anton/, /Ann Lee/);
  });

  it.each([
    ['while an input method composes', { isComposing: true }],
    ['for the key that ended a composition in Safari', { keyCode: 229 }],
  ])('Enter accepts nothing %s', async (_, init) => {
    const { person, field } = setUp();
    await person.type(field, '@an');
    await offered(/Anton/, /Ann Lee/);
    await fireEvent(field, createEvent.keyDown(field, { key: 'Enter', ...init }));
    expect(field).toHaveValue('@an');
  });

  it('offers nothing more once it is written, even where another name begins with it', async () => {
    const { person, field } = setUp({ users: [user('Ann'), user('Ann Lee', { online: false })] });
    await person.type(field, '@ann');
    await offered(/Ann/, /Ann Lee/);
    await person.keyboard('{Enter}');
    expect(field).toHaveValue('@Ann ');
    await person.keyboard('l');
    expect(options()).toEqual([]);
  });

  it('selects the last option when fewer are left', async () => {
    const { person, field, rerender } = setUp();
    await person.type(field, '@an');
    await offered(/Anton/, /Ann Lee/);
    await person.keyboard('{ArrowDown}');
    await rerender({ users: users.filter(({ name }) => name !== 'Ann Lee') });
    await offered(/Anton/);
    expect(selected()).toHaveTextContent('Anton');
    await person.keyboard('{Enter}');
    expect(field).toHaveValue('@Anton ');
  });

  it('selects the first option again when more is typed', async () => {
    const { person, field } = setUp();
    await person.type(field, '@a');
    await offered(/Anton/, /Ann Lee/);
    await person.keyboard('{ArrowDown}n');
    expect(selected()).toHaveTextContent('Anton');
  });

  it('offers at most eight options, and always everyone to staff', async () => {
    const many = Array.from({ length: 10 }, (_, index) => user(`Eve ${index}`));
    const { person, field, rerender } = setUp({ users: many });
    await person.type(field, '@eve');
    await vi.waitFor(() => expect(options()).toHaveLength(8));
    await rerender({ isStaff: true });
    await vi.waitFor(() => expect(options().at(-1)).toMatch('@everyone'));
    expect(options()).toHaveLength(8);
  });

  it.each(['shiftKey', 'ctrlKey', 'altKey', 'metaKey'])(
    'leaves a key alone that is pressed with %s',
    async (key) => {
      const { person, field } = setUp();
      await person.type(field, '@an');
      await offered(/Anton/, /Ann Lee/);
      const down = createEvent.keyDown(field, { key: 'ArrowDown', [key]: true });
      await fireEvent(field, down);
      expect(down.defaultPrevented).toBe(false);
      expect(selected()).toHaveTextContent('Anton');
    },
  );

  it('is not offered while text is selected', async () => {
    const { person, field } = setUp();
    await person.type(field, '@an');
    await offered(/Anton/, /Ann Lee/);
    field.setSelectionRange(1, 3);
    await fireEvent(document, new Event('selectionchange'));
    await vi.waitFor(() => expect(options()).toEqual([]));
  });

  it('puts the cursor behind the text that undoing it has selected', async () => {
    const { person, field } = setUp();
    await person.type(field, '@ant');
    await offered(/Anton/);
    await person.keyboard('{Enter}');
    const undo = async (inputType: string, start: number) => {
      field.value = '@ant';
      field.setSelectionRange(start, 4);
      await fireEvent(field, new InputEvent('input', { inputType, bubbles: true }));
      return field.selectionStart;
    };
    expect(await undo('insertText', 0)).toBe(0);
    // What was undone is something else.
    expect(await undo('historyUndo', 1)).toBe(1);
    expect(await undo('historyUndo', 0)).toBe(4);
  });

  it('the list closes when the focus leaves the field', async () => {
    const { person, field } = setUp();
    await person.type(field, '@an');
    await offered(/Anton/, /Ann Lee/);
    await person.click(screen.getByRole('button', { name: 'Emoji' }));
    expect(options()).toEqual([]);
  });
});

describe('an emoji', () => {
  it('is offered from two letters on, and Enter writes it', async () => {
    const { onsend, person, field } = setUp();
    await person.type(field, 'yes :t');
    expect(options()).toEqual([]);
    await person.type(field, 'ada');
    await offered(/:tada:/);
    await person.keyboard('{Enter}');
    expect(field).toHaveValue('yes 🎉 ');
    expect(onsend).not.toHaveBeenCalled();
  });

  it('replaces its shortcode when the closing colon is typed', async () => {
    const { person, field } = setUp();
    await person.type(field, 'yes :tada:');
    await vi.waitFor(() => expect(field).toHaveValue('yes 🎉'));
    await person.type(field, ' :nosuch: 12:30:');
    expect(field).toHaveValue('yes 🎉 :nosuch: 12:30:');
  });

  it('has the chosen skin tone', async () => {
    localStorage.setItem('spacetimedb-chat:emoji', '{"tone": 3, "recent": []}');
    const { person, field } = setUp();
    await person.type(field, ':wave:');
    await vi.waitFor(() => expect(field).toHaveValue('👋🏽'));
    expect(JSON.parse(localStorage.getItem('spacetimedb-chat:emoji') ?? '')).toEqual({
      tone: 3,
      recent: ['👋'],
    });
  });

  it('that was accepted is offered among the recent ones', async () => {
    const { person, field } = setUp();
    await person.type(field, ':tada');
    await offered(/:tada:/);
    await person.keyboard('{Enter}');
    expect(JSON.parse(localStorage.getItem('spacetimedb-chat:emoji') ?? '')).toMatchObject({
      recent: ['🎉'],
    });
  });

  it('replaces a shortcode whose colon an input method has written, once it is done', async () => {
    const { person, field } = setUp();
    // The completion is loaded with the first suggestion.
    await person.type(field, '@ant');
    await offered(/Anton/);
    field.value = ':tada:';
    field.setSelectionRange(6, 6);
    await fireEvent(field, new InputEvent('input', { data: ':', isComposing: true, bubbles: true }));
    await fireEvent(field, new CompositionEvent('compositionend', { data: 'x' }));
    expect(field).toHaveValue(':tada:');
    await fireEvent(field, new CompositionEvent('compositionend', { data: ':' }));
    await vi.waitFor(() => expect(field).toHaveValue('🎉'));
  });

  it('replaces a shortcode that was inserted at once, and leaves it when that is undone', async () => {
    const { person, field } = setUp();
    await person.type(field, '@ant');
    await offered(/Anton/);
    const insert = (init: InputEventInit) => {
      field.value = ':tada:';
      field.setSelectionRange(6, 6);
      return fireEvent(field, new InputEvent('input', { bubbles: true, ...init }));
    };
    await insert({ data: 'tada:' });
    await vi.waitFor(() => expect(field).toHaveValue('🎉'));
    await insert({ inputType: 'historyUndo' });
    expect(field).toHaveValue(':tada:');
  });

  it('stays text in code', async () => {
    const { person, field } = setUp();
    await person.type(field, '`:tada:` @an` :ta');
    expect(options()).toEqual([]);
    expect(field).toHaveValue('`:tada:` @an` :ta');
  });

  it('from the picker is inserted at the cursor, and the field has the focus again', async () => {
    const { person, field } = setUp();
    await person.type(field, 'ab');
    field.setSelectionRange(1, 1);
    await person.click(screen.getByRole('button', { name: 'Emoji' }));
    const cell = await vi.waitFor(() => {
      const found = document.querySelector('[role=gridcell][aria-label="party popper"]');
      if (!found) throw new Error('The picker is still loading');
      return found;
    });
    await person.click(cell);
    expect(field).toHaveValue('a🎉b');
    expect(field.selectionStart).toBe(3);
    expect(field).toHaveFocus();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });
});
