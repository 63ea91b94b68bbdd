import { ReducerError } from 'spacetimedb-stores';
import { createEvent, fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import Composer from './Composer.svelte';

function setUp(send: (text: string) => Promise<void> = () => Promise.resolve()) {
  const onsend = vi.fn(send);
  render(Composer, { onsend });
  return { onsend, person: userEvent.setup(), field: screen.getByRole('textbox', { name: 'Message' }) };
}

it('Enter sends the message and empties the field', async () => {
  const { onsend, person, field } = setUp();
  await person.type(field, 'Hello{Enter}');
  expect(onsend).toHaveBeenCalledExactlyOnceWith('Hello');
  expect(field).toHaveValue('');
  expect(field).toHaveFocus();
});

it('the Send button sends the message', async () => {
  const { onsend, person, field } = setUp();
  await person.type(field, 'Hello');
  await person.click(screen.getByRole('button', { name: 'Send' }));
  expect(onsend).toHaveBeenCalledExactlyOnceWith('Hello');
});

it('Shift+Enter inserts a line break', async () => {
  const { onsend, person, field } = setUp();
  await person.type(field, 'one{Shift>}{Enter}{/Shift}two');
  expect(onsend).not.toHaveBeenCalled();
  expect(field).toHaveValue('one\ntwo');
  await person.keyboard('{Enter}');
  expect(onsend).toHaveBeenCalledExactlyOnceWith('one\ntwo');
});

it.each([
  ['while an input method composes', { isComposing: true }],
  ['for the key that ended a composition in Safari', { keyCode: 229 }],
  ['for a key that is held down', { repeat: true }],
])('%s does not send the message', async (_, init) => {
  const { onsend, person, field } = setUp();
  await person.type(field, 'にほん');
  await fireEvent(field, createEvent.keyDown(field, { key: 'Enter', ...init }));
  expect(onsend).not.toHaveBeenCalled();
});

it('an empty message shows an error without asking the server', async () => {
  const { onsend, person, field } = setUp();
  await person.type(field, '   ');
  await person.type(field, '{Enter}');
  expect(onsend).not.toHaveBeenCalled();
  expect(field).toBeInvalid();
  expect(field).toHaveAccessibleDescription(/^Messages must not be empty/);
});

it("a rejected message shows the server's error and stays in the field", async () => {
  const { person, field } = setUp(() => Promise.reject(new ReducerError('refused', 'Not so fast')));
  await person.type(field, 'Hello{Enter}');
  await vi.waitFor(() => expect(field).toHaveAccessibleDescription(/^Not so fast/));
  expect(field).toHaveValue('Hello');
});

describe('drafts', () => {
  function drafts(begin: string) {
    const save = vi.fn<(text: string, unsent: readonly string[]) => void>();
    return { load: () => begin, save };
  }

  it('the field starts with the draft, and every change is saved', async () => {
    const draft = drafts('half a sen');
    render(Composer, { onsend: () => Promise.resolve(), draft, unsent: ['not sent'] });
    const field = screen.getByRole('textbox', { name: 'Message' });
    expect(field).toHaveValue('half a sen');
    await userEvent.type(field, 'tence');
    expect(draft.save).toHaveBeenLastCalledWith('half a sentence', ['not sent']);
  });

  it('a draft that loads late is put before the text typed so far', async () => {
    const { rerender } = render(Composer, { onsend: () => Promise.resolve() });
    const field = screen.getByRole('textbox', { name: 'Message' });
    await userEvent.type(field, 'new');
    await rerender({ draft: drafts('old') });
    expect(field).toHaveValue('old\nnew');
  });

  it('sending clears the draft', async () => {
    const draft = drafts('Hello');
    render(Composer, { onsend: () => Promise.resolve(), draft });
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), '{Enter}');
    await vi.waitFor(() => expect(draft.save).toHaveBeenLastCalledWith('', []));
  });
});

it('inserts a mention at the cursor, separated from the word before it', async () => {
  const { component } = render(Composer, { onsend: () => Promise.resolve() });
  const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
  const insert = (text: string) => (component as unknown as { insert: (text: string) => void }).insert(text);
  insert('@Ada ');
  expect(field).toHaveValue('@Ada ');
  expect(field).toHaveFocus();
  await userEvent.type(field, 'hi');
  insert('@Bob ');
  expect(field).toHaveValue('@Ada hi @Bob ');
  field.setSelectionRange(0, 0);
  insert('@Cy ');
  expect(field).toHaveValue('@Cy @Ada hi @Bob ');
});

it('shows why the reader may not write instead of the field, and keeps the text', async () => {
  const blocked = createRawSnippet(() => ({ render: () => '<p>You are muted.</p>' }));
  const { rerender } = render(Composer, { onsend: () => Promise.resolve() });
  await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), 'half a sen');
  await rerender({ blocked });
  expect(screen.getByText('You are muted.')).toBeVisible();
  expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled();
  await rerender({ blocked: undefined });
  expect(screen.getByRole('textbox', { name: 'Message' })).toHaveValue('half a sen');
});

it('remaining characters are shown near the limit, and so is how many are too many', async () => {
  const { onsend, field } = setUp();
  await fireEvent.input(field, { target: { value: 'x'.repeat(1799) } });
  expect(screen.queryByText(/characters/)).toBeNull();
  await fireEvent.input(field, { target: { value: 'x'.repeat(1950) } });
  expect(field).toHaveAccessibleDescription(/50 characters left/);
  await fireEvent.input(field, { target: { value: 'x'.repeat(2005) } });
  expect(field).toHaveAccessibleDescription(/5 characters too many/);
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(onsend).not.toHaveBeenCalled();
});
