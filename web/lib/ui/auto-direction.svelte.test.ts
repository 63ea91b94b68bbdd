import { expect, it, vi } from 'vitest';
import { autoDirection } from './auto-direction.ts';

it('a field has the direction of its text, and of its surroundings while it is empty', async () => {
  document.body.innerHTML = '<form dir="rtl"><input dir="auto" /></form>';
  const field = document.querySelector('input') as HTMLInputElement;
  autoDirection(field);
  expect(field).not.toHaveAttribute('dir');
  field.value = 'Hello';
  field.dispatchEvent(new Event('input'));
  expect(field).toHaveAttribute('dir', 'auto');
  field.form?.reset();
  await vi.waitFor(() => expect(field).not.toHaveAttribute('dir'));
});
