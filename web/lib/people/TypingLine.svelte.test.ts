import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { user } from '../../testing/fixtures.ts';
import TypingLine from './TypingLine.svelte';

const [ann, ben, cleo] = [user('Ann'), user('Ben'), user('Cleo')];

it('names one or two people, and does not count more', async () => {
  const { container, rerender } = render(TypingLine, { people: [] });
  const line = container.querySelector('p');
  expect(line).toHaveTextContent('');
  await rerender({ people: [ann] });
  expect(line).toHaveTextContent('Ann is typing…');
  await rerender({ people: [ann, ben] });
  expect(line).toHaveTextContent('Ann and Ben are typing…');
  await rerender({ people: [ann, ben, cleo] });
  expect(line).toHaveTextContent('Several people are typing…');
  await rerender({ people: [] });
  expect(line).toHaveTextContent('');
});

it('is not announced repeatedly', () => {
  const { container } = render(TypingLine, { people: [ann] });
  expect(container.querySelector('[aria-live], [role=status], [role=log]')).toBeNull();
  expect(screen.getByText('Ann')).toBeVisible();
});
