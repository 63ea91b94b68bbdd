import { NotConnectedError, ReducerError, UnknownOutcomeError } from 'spacetimedb-stores';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { deferred } from '../../testing/fixtures.ts';
import FormActionHost from '../../testing/FormActionHost.svelte';
import { FormAction, type FormActionOptions } from './form-action.svelte.ts';

function setUp(options: Partial<FormActionOptions> = {}) {
  const submit = vi.fn<FormActionOptions['submit']>(options.submit ?? (() => Promise.resolve()));
  const view = render(FormActionHost, { options: { field: 'text', ...options, submit } });
  return {
    ...view,
    submit,
    person: userEvent.setup(),
    field: screen.getByRole<HTMLInputElement>('textbox', { name: 'Text' }),
    note: screen.getByRole<HTMLInputElement>('textbox', { name: 'Note' }),
    button: screen.getByRole('button', { name: 'Go' }),
    alert: screen.getByRole('alert'),
    state: () => screen.getByRole('status').textContent,
  };
}

describe('a submission', () => {
  it("calls the action with the form's data and never leaves the page", async () => {
    const { person, field, note, submit, container } = setUp();
    const prevented = vi.fn();
    container.addEventListener('submit', (event) => prevented(event.defaultPrevented));
    await person.type(note, 'a note');
    await person.type(field, 'hello{Enter}');
    expect(Object.fromEntries(submit.mock.lastCall?.[0] ?? [])).toEqual({ text: 'hello', note: 'a note' });
    container.querySelector('form')?.requestSubmit();
    expect(prevented.mock.calls).toEqual([[true]]);
  });

  it('needs no submit event, which a sandboxed frame without forms does not have', async () => {
    const { person, field, button, submit, container } = setUp();
    // The frame blocks it before any listener runs.
    container.addEventListener('submit', (event) => event.stopImmediatePropagation(), { capture: true });
    await person.type(field, 'by key{Enter}');
    await vi.waitFor(() => expect(field).toHaveValue(''));
    // user-event does not notice a reset.
    await person.clear(field);
    await person.type(field, 'by button');
    await person.click(button.appendChild(document.createElement('span')));
    expect(submit.mock.calls.map(([data]) => data.get('text'))).toEqual(['by key', 'by button']);
  });

  it('is pending until the action settles', async () => {
    const answer = deferred();
    const { person, field, state } = setUp({ submit: () => answer.promise });
    expect(state()).toBe('at rest');
    await person.type(field, 'hello{Enter}');
    expect(state()).toBe('pending');
    answer.resolve();
    await vi.waitFor(() => expect(state()).toBe('at rest'));
  });

  it('is sent once, however often it is submitted', async () => {
    const answer = deferred();
    const { person, field, button, submit } = setUp({ submit: () => answer.promise });
    await person.type(field, 'hello{Enter}{Enter}');
    await person.click(button);
    expect(submit).toHaveBeenCalledTimes(1);
    answer.resolve();
    await vi.waitFor(() => expect(field).toHaveValue(''));
    await person.type(field, 'again{Enter}');
    expect(submit).toHaveBeenCalledTimes(2);
  });

  it('is not triggered by other buttons or by a prevented click', async () => {
    const { person, field, button, submit } = setUp();
    const other = document.createElement('button');
    other.type = 'button';
    field.form?.append(other);
    await person.click(other);
    button.addEventListener('click', (event) => event.preventDefault());
    await person.click(button);
    expect(submit).not.toHaveBeenCalled();
  });

  it('removes the previous error', async () => {
    const answer = deferred();
    const submit = vi.fn<FormActionOptions['submit']>(() => answer.promise);
    submit.mockRejectedValueOnce(new ReducerError('refused', 'No'));
    const { person, button, alert, state } = setUp({ submit });
    await person.click(button);
    await vi.waitFor(() => expect(alert).toHaveTextContent('No'));
    await person.click(button);
    expect(state()).toBe('pending');
    expect(alert).toBeEmptyDOMElement();
    answer.resolve();
  });

  it('can be repeated after a failure', async () => {
    const { person, field, submit } = setUp({
      submit: () => Promise.reject(new ReducerError('refused', 'No')),
    });
    await person.type(field, 'hello{Enter}');
    await person.type(field, '{Enter}');
    expect(submit).toHaveBeenCalledTimes(2);
  });
});

describe('after a success', () => {
  it('the form is reset, its field focused, and the callback called', async () => {
    const onsuccess = vi.fn();
    const { person, field, note, button } = setUp({ onsuccess });
    await person.type(field, 'hello');
    await person.type(note, 'a note');
    await person.click(button);
    await vi.waitFor(() => expect(onsuccess).toHaveBeenCalledTimes(1));
    expect(field).toHaveValue('');
    expect(note).toHaveValue('');
    expect(field).toHaveFocus();
  });

  it('text typed in the meantime stays', async () => {
    const answer = deferred();
    const { person, field, state } = setUp({ submit: () => answer.promise });
    await person.type(field, 'hello{Enter}');
    await person.type(field, ' and more');
    // Bindings are updated.
    const bound: string[] = [];
    field.form?.addEventListener('input', () => bound.push(field.value));
    answer.resolve();
    await vi.waitFor(() => expect(state()).toBe('at rest'));
    expect(field).toHaveValue(' and more');
    expect(bound[0]).toBe(' and more');
  });

  it('the form is reset even with an unticked box, an unchosen radio button and a field without a name', async () => {
    const { person, field, note } = setUp();
    note.defaultValue = '10';
    field.insertAdjacentHTML(
      'afterend',
      `<input type="checkbox" name="agreed"><input type="checkbox" name="ticked">
      <input type="radio" name="choice" value="a" checked><input type="radio" name="choice" value="b">
      <input aria-label="Nameless">`,
    );
    const [, ticked] = screen.getAllByRole('checkbox') as [HTMLElement, HTMLElement];
    await person.click(ticked);
    await person.clear(note);
    await person.type(note, '25');
    await person.type(field, 'hello{Enter}');
    await vi.waitFor(() => expect(field).toHaveValue(''));
    expect(note).toHaveValue('10');
    expect(ticked).not.toBeChecked();
  });

  it('fields not changed in the meantime return to their defaults, and choices stay', async () => {
    const answer = deferred();
    const { person, field, note, state } = setUp({ submit: () => answer.promise });
    note.defaultValue = '10';
    field.insertAdjacentHTML(
      'afterend',
      `<input type="radio" name="choice" value="a" checked><input type="radio" name="choice" value="ab">
      <select name="kind"><option>b</option></select>`,
    );
    await person.type(field, 'hello{Enter}');
    await person.type(field, ' and more');
    answer.resolve();
    await vi.waitFor(() => expect(state()).toBe('at rest'));
    expect(field).toHaveValue(' and more');
    expect(note).toHaveValue('10');
    const choices = screen.getAllByRole<HTMLInputElement>('radio');
    expect(choices.map(({ value, checked }) => [value, checked])).toEqual([
      ['a', true],
      ['ab', false],
    ]);
    expect(screen.getByRole('combobox')).toHaveValue('b');
  });

  it('text changed in the meantime stays', async () => {
    const answer = deferred();
    const { person, field, state } = setUp({ submit: () => answer.promise });
    await person.type(field, 'hello{Enter}');
    await person.clear(field);
    await person.type(field, 'something else');
    answer.resolve();
    await vi.waitFor(() => expect(state()).toBe('at rest'));
    expect(field).toHaveValue('something else');
  });
});

describe('after a failure', () => {
  it.each([
    ["the server's own words", new ReducerError('refused', 'Names must not be empty'), /^Enter a name$/],
    ['that it is unknown whether it arrived', new UnknownOutcomeError(), /so this may have arrived/],
    ['that nothing was sent', new NotConnectedError(), /not connected, so this was not sent/],
    [
      'what else went wrong',
      new ReducerError('failed', 'The instance crashed'),
      /went wrong: The instance crashed/,
    ],
    ['what was thrown that is no error', 'Out of luck', /went wrong: Out of luck/],
  ])('the field explains %s and keeps the text', async (_, error, expected) => {
    const { person, field, note, alert } = setUp({ submit: () => Promise.reject(error) });
    await person.type(note, 'a note');
    await person.type(field, 'hello{Enter}');
    await vi.waitFor(() => expect(alert).toHaveTextContent(expected));
    expect(field).toHaveValue('hello');
    expect(note).toHaveValue('a note');
    expect(field).toBeInvalid();
    expect(field).toHaveAccessibleDescription(expected);
    expect(field).toHaveFocus();
  });

  it('typing removes the error', async () => {
    const { person, field, alert } = setUp({
      submit: () => Promise.reject(new ReducerError('refused', 'No')),
    });
    await person.type(field, 'hello{Enter}');
    expect(alert).toHaveTextContent('No');
    await person.type(field, '!');
    expect(alert).toBeEmptyDOMElement();
    expect(field).toBeValid();
  });

  it('the focus does not move if the person has moved it elsewhere', async () => {
    const answer = deferred();
    const { person, field, alert } = setUp({ submit: () => answer.promise });
    await person.type(field, 'hello{Enter}');
    await person.click(screen.getByRole('button', { name: 'Elsewhere' }));
    answer.reject(new ReducerError('refused', 'No'));
    await vi.waitFor(() => expect(alert).toHaveTextContent('No'));
    expect(screen.getByRole('button', { name: 'Elsewhere' })).toHaveFocus();
  });
});

describe('a check', () => {
  it('stops the submission if it finds a problem', async () => {
    const { person, field, submit, alert } = setUp({ check: () => 'Too short' });
    await person.type(field, 'x{Enter}');
    expect(submit).not.toHaveBeenCalled();
    expect(alert).toHaveTextContent('Too short');
    expect(field).toHaveFocus();
  });

  it('allows the submission if it finds none', async () => {
    const { person, field, submit } = setUp({
      check: (data) => (data.get('text') === '' ? 'Empty' : undefined),
    });
    await person.type(field, 'x{Enter}');
    expect(submit).toHaveBeenCalledTimes(1);
  });
});

it('does nothing and shows nothing once the form is gone', () => {
  const submit = vi.fn<FormActionOptions['submit']>(() => Promise.resolve());
  const action = new FormAction({ field: 'text', submit, check: () => 'Too short' });
  const form = document.createElement('form');
  const button = form.appendChild(document.createElement('button'));
  action.submit();
  expect(action).toMatchObject({ ready: false, error: undefined });
  const detach = action.form(form) as () => void;
  action.submit();
  expect(action).toMatchObject({ ready: true, error: { code: 'invalid', message: 'Too short' } });
  detach();
  expect(action).toMatchObject({ ready: false, error: undefined });
  action.submit();
  button.click();
  form.dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
  expect(action.error).toBeUndefined();
});

it.each([
  ['refused', new ReducerError('refused', 'No')],
  ['unknown-outcome', new UnknownOutcomeError()],
  ['not-connected', new NotConnectedError()],
  ['failed', new ReducerError('failed', 'The instance crashed')],
  ['failed', 'Out of luck'],
])('an error has the code %s and the field that shows it', async (code, error) => {
  const submit = vi.fn<FormActionOptions['submit']>(() => Promise.reject(error));
  const action = new FormAction({ field: 'text', submit });
  const form = document.createElement('form');
  action.form(form);
  action.submit();
  await vi.waitFor(() => expect(action.error).toMatchObject({ code, field: 'text' }));
});

it('survives an answer that comes after the form is gone', async () => {
  const answer = deferred();
  const { person, field, unmount, submit } = setUp({ submit: () => answer.promise });
  await person.type(field, 'hello{Enter}');
  unmount();
  answer.reject(new UnknownOutcomeError());
  await expect(submit.mock.results[0]?.value).rejects.toThrow(UnknownOutcomeError);
});
