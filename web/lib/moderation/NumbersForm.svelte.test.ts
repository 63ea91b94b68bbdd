import { ReducerError } from 'spacetimedb-stores';
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { expect, it, vi } from 'vitest';
import NumbersForm from './NumbersForm.svelte';

function show(act: (values: Record<'messages' | 'days', number>) => Promise<void>) {
  const { rerender } = render(NumbersForm<'messages' | 'days'>, {
    title: 'Kept',
    fields: { messages: 'Newest messages', days: 'Days' },
    values: { messages: 0, days: 30 },
    consent: 'Older ones are deleted for good.',
    needsConsent: ({ messages, days }) => messages + days > 0,
    act,
    children: createRawSnippet(() => ({ render: () => '<span>0 means no limit.</span>' })),
  });
  return {
    rerender,
    field: (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name }),
    fill: async (name: string, text: string) => {
      const field = screen.getByRole('textbox', { name });
      await userEvent.clear(field);
      if (text) await userEvent.type(field, text);
    },
    agree: () => userEvent.click(screen.getByRole('checkbox')),
    save: () => userEvent.click(screen.getByRole('button', { name: 'Save' })),
  };
}

it('shows the current values and saves changes, but not without consent', async () => {
  const act = vi.fn(() => Promise.resolve());
  const { field, fill, agree, save } = show(act);
  expect(field('Days')).toHaveValue('30');
  await fill('Newest messages', '500');
  await save();
  expect(screen.getByRole('alert')).toHaveTextContent('Tick the box to confirm');
  expect(act).not.toHaveBeenCalled();
  await agree();
  await save();
  expect(act).toHaveBeenCalledWith({ messages: 500, days: 30 });
  expect(screen.getByRole('status')).toHaveTextContent('Saved.');
});

it('asks for no consent to a change that deletes nothing', async () => {
  const act = vi.fn(() => Promise.resolve());
  const { fill, save } = show(act);
  await fill('Days', '');
  await save();
  expect(act).toHaveBeenCalledWith({ messages: 0, days: 0 });
});

it('shows the saved values and needs new consent after each change', async () => {
  const { rerender, field, fill, agree, save } = show((values) => rerender({ values }));
  await fill('Days', '0');
  await save();
  await vi.waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Saved.'));
  expect(field('Days')).toHaveValue('0');
  expect(field('Newest messages')).toHaveValue('0');
  await fill('Days', '7');
  await agree();
  await save();
  await vi.waitFor(() => expect(screen.getByRole('checkbox')).not.toBeChecked());
  expect(field('Days')).toHaveValue('7');
});

it('names the field that is not a number and sends nothing', async () => {
  const act = vi.fn(() => Promise.resolve());
  const { fill, agree, save } = show(act);
  await fill('Days', '-3');
  await agree();
  await save();
  expect(screen.getByRole('alert')).toHaveTextContent('“Days” must be a whole number');
  expect(act).not.toHaveBeenCalled();
});

it("shows the server's error in the form", async () => {
  const { agree, save } = show(() =>
    Promise.reject(new ReducerError('refused', 'Only the owner may do this')),
  );
  await agree();
  await save();
  expect(screen.getByRole('alert')).toHaveTextContent('Only the owner may do this');
  expect(screen.getByRole('status')).toHaveTextContent('');
});
