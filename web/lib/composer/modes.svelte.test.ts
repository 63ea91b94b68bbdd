/** Replying, editing, typing, pasted code and files. */
import { createEvent, fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { ComponentProps } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { deferred } from '../../testing/fixtures.ts';
import Composer from './Composer.svelte';
import { refuseFiles } from './refuse-files.ts';

type Props = ComponentProps<typeof Composer>;

function setUp(props: Partial<Props> = {}) {
  const onsend = vi.fn(() => Promise.resolve());
  const { rerender, component, unmount } = render(Composer, { onsend, ...props });
  const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
  return { onsend, rerender, component, unmount, person: userEvent.setup(), field };
}

describe('a reply', () => {
  const replyTo = { label: 'Ann', excerpt: 'Is it up?' };

  it('names its author and its beginning, to screen readers too, and focuses the field', async () => {
    const { field, rerender } = setUp();
    await rerender({ replyTo });
    expect(await screen.findByText(/Replying to/)).toHaveTextContent('Replying to Ann');
    expect(field).toHaveAccessibleDescription(/^Replying to Ann Is it up\?/);
    expect(field).toHaveFocus();
    await rerender({ replyTo: undefined });
    expect(screen.queryByText(/Replying to/)).not.toBeInTheDocument();
  });

  it('is cancelled by its button and by Escape, which keep the text', async () => {
    const oncancelreply = vi.fn();
    const { field, person } = setUp({ replyTo, oncancelreply });
    await person.type(field, 'half{Escape}');
    expect(oncancelreply).toHaveBeenCalledOnce();
    await person.click(await screen.findByRole('button', { name: 'Cancel reply' }));
    expect(oncancelreply).toHaveBeenCalledTimes(2);
    expect(field).toHaveValue('half');
  });
});

describe('editing', () => {
  const editing = { text: 'Helo' };

  it('shows the text of the message, saves it, and then shows the draft again', async () => {
    const onsave = vi.fn(() => Promise.resolve());
    const draft = { load: () => '', save: vi.fn() };
    const { field, person, rerender, onsend } = setUp({ onsave, draft });
    await person.type(field, 'my draft');
    await rerender({ editing });
    expect(field).toHaveValue('Helo');
    expect(field).toHaveFocus();
    await vi.waitFor(() => expect(field).toHaveAccessibleDescription(/^Editing message/));
    await person.type(field, ' all');
    expect(draft.save).toHaveBeenLastCalledWith('my draft', []);
    await person.click(screen.getByRole('button', { name: 'Save' }));
    expect(onsave).toHaveBeenCalledExactlyOnceWith('Helo all');
    expect(onsend).not.toHaveBeenCalled();
    await rerender({ editing: undefined });
    expect(field).toHaveValue('my draft');
    expect(draft.save).toHaveBeenLastCalledWith('my draft', []);
    await person.keyboard('{Enter}');
    expect(onsend).toHaveBeenCalledExactlyOnceWith('my draft');
  });

  it('keeps the draft if the parent ends editing before the message is saved', async () => {
    const saved = deferred();
    const { field, person, rerender } = setUp({ onsave: () => saved.promise });
    await person.type(field, 'Helo and more');
    await rerender({ editing });
    await person.keyboard('{Backspace}{Enter}');
    await rerender({ editing: undefined });
    saved.resolve();
    await vi.waitFor(() => expect(field).toHaveValue('Helo and more'));
  });

  it('keeps the changed text and says why it could not be saved', async () => {
    const { field, person } = setUp({ editing, onsave: () => Promise.reject(new Error('Too late')) });
    await person.type(field, '!{Enter}');
    await vi.waitFor(() => expect(field).toHaveAccessibleDescription(/Too late/));
    expect(field).toHaveValue('Helo!');
  });

  it('is cancelled by Escape, by its button, and by saving an unchanged text', async () => {
    const [oncancelediting, onsave] = [vi.fn(), vi.fn()];
    const { field, person, rerender } = setUp({ oncancelediting, onsave });
    await person.type(field, 'my draft');
    await rerender({ editing });
    await person.type(field, '{Escape}');
    expect(oncancelediting).toHaveBeenCalledTimes(1);
    await person.click(await screen.findByRole('button', { name: 'Cancel editing' }));
    expect(oncancelediting).toHaveBeenCalledTimes(2);
    await person.type(field, '{Enter}');
    await vi.waitFor(() => expect(oncancelediting).toHaveBeenCalledTimes(3));
    expect(onsave).not.toHaveBeenCalled();
    await rerender({ editing: undefined });
    expect(field).toHaveValue('my draft');
  });

  it('goes from one message to another and back to the draft', async () => {
    const { field, person, rerender } = setUp();
    await person.type(field, 'my draft');
    await rerender({ editing });
    await person.type(field, '!');
    // The same text in a new object is still the same edit.
    await rerender({ editing: { ...editing } });
    expect(field).toHaveValue('Helo!');
    await rerender({ editing: { text: 'Another' } });
    expect(field).toHaveValue('Another');
    await rerender({ editing: undefined });
    expect(field).toHaveValue('my draft');
  });

  it('keeps a draft that loads meanwhile', async () => {
    const { field, rerender } = setUp({ editing });
    const draft = { load: () => 'old draft', save: vi.fn() };
    await rerender({ draft });
    expect(field).toHaveValue('Helo');
    expect(draft.save).toHaveBeenLastCalledWith('old draft', []);
    await rerender({ editing: undefined });
    expect(field).toHaveValue('old draft');
  });

  it('begins with the up arrow in an empty field only', async () => {
    const oneditlast = vi.fn();
    const { field, person } = setUp({ oneditlast });
    await person.type(field, 'a{ArrowUp}');
    expect(oneditlast).not.toHaveBeenCalled();
    await person.type(field, '{Backspace}{Shift>}{ArrowUp}{/Shift}');
    expect(oneditlast).not.toHaveBeenCalled();
    await person.keyboard('{ArrowUp}');
    expect(oneditlast).toHaveBeenCalledOnce();
  });
});

describe('typing', () => {
  it('is reported while the text changes, and ends when the message is sent, cleared or left', async () => {
    const ontyping = vi.fn();
    const { field, person, unmount } = setUp({ ontyping });
    const told = () => ontyping.mock.calls.splice(0).map(([isTyping]) => isTyping as boolean);
    await person.type(field, 'ab');
    expect(told()).toEqual([true, true]);
    await person.keyboard('{Enter}');
    await vi.waitFor(() => expect(told()).toEqual([false]));
    // The library that simulates typing keeps its own copy of the text, which sending does not change.
    const write = (value: string) => fireEvent.input(field, { target: { value } });
    await write('a');
    await write('');
    expect(told()).toEqual([true, false]);
    await write(' ');
    expect(told()).toEqual([]);
    await write('a');
    await person.tab();
    expect(told()).toEqual([true, false]);
    await write('b');
    unmount();
    expect(told()).toEqual([true, false]);
  });

  it('is not reported for a loaded draft or while a message is edited', async () => {
    const ontyping = vi.fn();
    const { field, person, rerender } = setUp({ ontyping, draft: { load: () => 'draft', save: vi.fn() } });
    expect(field).toHaveValue('draft');
    await rerender({ editing: { text: 'Helo' } });
    await person.type(field, '!');
    await rerender({ editing: undefined });
    expect(field).toHaveValue('draft');
    expect(ontyping).not.toHaveBeenCalled();
  });
});

/** Pastes into the field at its cursor. jsdom has no clipboard. */
async function paste(
  field: HTMLTextAreaElement,
  data: Record<string, string>,
  files: File[] = [],
): Promise<void> {
  const clipboardData = { files, types: Object.keys(data), getData: (type: string) => data[type] ?? '' };
  const event = createEvent.paste(field);
  Object.defineProperty(event, 'clipboardData', { value: clipboardData });
  const text = (data['text/plain'] ?? '').replace(/\r\n/g, '\n');
  if (!(await fireEvent(field, event)) || text === '') return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  await fireEvent.input(field);
}

describe('pasted code', () => {
  const code = 'const a = 1;\r\nconsole.log(a);';

  it('becomes a code block only if asked', async () => {
    const { field, person } = setUp();
    await person.type(field, 'see: ');
    await paste(field, { 'text/plain': code });
    const button = await screen.findByRole('button', { name: 'Format as a code block' });
    expect(field).toHaveValue('see: const a = 1;\nconsole.log(a);');
    await person.type(field, '\nok?');
    await person.click(button);
    expect(field).toHaveValue('see: \n```\nconst a = 1;\nconsole.log(a);\n```\nok?');
    expect(field).toHaveFocus();
  });

  it('has the language of the editor, and a fence longer than any in it', async () => {
    const { field, person } = setUp();
    const text = 'let a = `x`;\nlet b = "```";';
    await paste(field, { 'text/plain': text, 'vscode-editor-data': '{"mode":"typescript"}' });
    await person.click(await screen.findByRole('button', { name: 'Format as a code block' }));
    expect(field).toHaveValue(`\`\`\`\`typescript\n${text}\n\`\`\`\``);
  });

  it('is no longer offered once it is refused, changed or sent', async () => {
    const { field, person } = setUp();
    const offer = () => screen.queryByText('That looks like code.');
    await paste(field, { 'text/plain': code });
    await vi.waitFor(() => expect(offer()).toBeVisible());
    await person.type(field, '{Escape}');
    expect(offer()).not.toBeInTheDocument();
    await person.clear(field);
    await paste(field, { 'text/plain': code });
    await vi.waitFor(() => expect(offer()).toBeVisible());
    await person.type(field, '{Backspace}');
    expect(offer()).not.toBeInTheDocument();
    await person.keyboard(';');
    await vi.waitFor(() => expect(offer()).toBeVisible());
    await person.keyboard('{Enter}');
    await vi.waitFor(() => expect(offer()).not.toBeInTheDocument());
  });
});

describe('files', () => {
  const refusal = () => screen.queryByText(/This room takes text only/);
  const picture = new File(['x'], 'picture.png', { type: 'image/png' });

  it('a pasted picture is refused with a reason, which disappears when the person continues', async () => {
    const { field, person } = setUp();
    await paste(field, {}, [picture]);
    await vi.waitFor(() => expect(refusal()).toBeVisible());
    expect(field).toHaveValue('');
    await person.type(field, 'a');
    expect(refusal()).not.toBeInTheDocument();
  });

  it('a picture that is pasted with text is ignored', async () => {
    const { field } = setUp();
    await paste(field, { 'text/plain': 'from a spreadsheet' }, [picture]);
    await vi.dynamicImportSettled();
    expect(refusal()).not.toBeInTheDocument();
    expect(field).toHaveValue('from a spreadsheet');
  });

  it('a dropped file is refused, and text and links are not', () => {
    const onfiles = vi.fn();
    const area = document.createElement('div');
    const field = area.appendChild(document.createElement('textarea'));
    const stop = refuseFiles(area, onfiles);
    /** @returns whether the browser does what it usually does */
    const drag = (type: string, target: Element, ...types: string[]): boolean => {
      const event = new Event(type, { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: { types } });
      return target.dispatchEvent(event);
    };
    expect(drag('dragover', field, 'text/plain')).toBe(true);
    expect(drag('drop', field, 'text/plain')).toBe(true);
    expect(drag('drop', field, 'text/uri-list', 'Files')).toBe(true);
    expect(onfiles).not.toHaveBeenCalled();
    expect(drag('dragover', area, 'Files')).toBe(false);
    expect(onfiles).not.toHaveBeenCalled();
    expect(drag('drop', area, 'text/uri-list', 'Files')).toBe(false);
    expect(drag('drop', field, 'Files')).toBe(false);
    expect(onfiles).toHaveBeenCalledTimes(2);
    stop();
    expect(drag('drop', area, 'Files')).toBe(true);
  });
});
