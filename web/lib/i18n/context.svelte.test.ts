import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import InLanguage from '../../testing/InLanguage.svelte';
import Composer from '../composer/Composer.svelte';
import { loadStrings } from './languages.ts';

it('texts are English by default', () => {
  render(Composer, { onsend: () => Promise.resolve() });
  expect(screen.getByRole('button', { name: 'Send' })).toBeVisible();
});

it('components show the provided language and follow a change without being recreated', async () => {
  const { rerender } = render(InLanguage, { strings: await loadStrings('de', []) });
  const field = screen.getByRole('textbox', { name: 'Nachricht' });
  expect(screen.getByRole('status')).toHaveTextContent('Verbunden');
  await userEvent.type(field, ' {Enter}');
  await vi.waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(/Nachricht darf nicht leer/));
  await rerender({ strings: await loadStrings('ja', []) });
  expect(screen.getByRole('textbox', { name: 'メッセージ' })).toBe(field);
  expect(field).toHaveValue(' ');
});
