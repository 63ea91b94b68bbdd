import { ReducerError } from 'spacetimedb-stores';
import { createEvent, fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { deferred, user } from '../../testing/fixtures.ts';
import { hostileTexts, markdownTexts, unruledTexts } from '../../tools/checks/hostile-texts.ts';
import OwnName from './OwnName.svelte';

const ada = user('Ada', { isMe: true });
const nobody = user(undefined, { isMe: true });

function setUp(me = ada, rename: (name: string) => Promise<void> = () => Promise.resolve()) {
  const onrename = vi.fn(rename);
  render(OwnName, { me, onrename });
  return { onrename, person: userEvent.setup() };
}

const changing = () => screen.getByRole('button', { name: 'Change your name' });
const field = () => screen.getByRole('textbox', { name: 'Your name' });
const opened = () => screen.findByRole('textbox', { name: 'Your name' });

it('shows no edit button before the reader is identified', () => {
  render(OwnName, { me: undefined, onrename: () => Promise.resolve() });
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

it('shows the name and edits it in place', async () => {
  const { onrename, person } = setUp();
  expect(changing()).toHaveAccessibleDescription('Writing as Ada');
  await person.click(changing());
  await opened();
  expect(field()).toHaveValue('Ada');
  expect(field()).toHaveFocus();
  // The old name is selected, so typing replaces it.
  await person.keyboard('Countess{Enter}');
  expect(onrename).toHaveBeenCalledExactlyOnceWith('Countess');
  await vi.waitFor(() => expect(changing()).toHaveFocus());
});

it('asks someone without a name for one', async () => {
  const { onrename, person } = setUp(nobody);
  const choosing = screen.getByRole('button', { name: 'Choose a name' });
  expect(choosing).toHaveAccessibleDescription(`Writing as ${nobody.label}`);
  await person.click(choosing);
  await opened();
  expect(field()).toHaveValue('');
  await person.keyboard('  Ada {Enter}');
  expect(onrename).toHaveBeenCalledExactlyOnceWith('Ada');
});

it.each([
  ['while an input method composes', { isComposing: true }],
  ['after a composition in Safari', { keyCode: 229 }],
])('stays open for an Escape %s', async (_, init) => {
  const { person } = setUp();
  await person.click(changing());
  await opened();
  await fireEvent(field(), createEvent.keyDown(field(), { key: 'Escape', ...init }));
  expect(field()).toBeVisible();
});

it.each(['{Escape}', '{Tab}{Tab}{Enter}'])(
  'cancels on %s and returns the focus to the button',
  async (keys) => {
    const { onrename, person } = setUp();
    await person.click(changing());
    await opened();
    await person.keyboard(`Other${keys}`);
    expect(onrename).not.toHaveBeenCalled();
    expect(changing()).toHaveAccessibleDescription('Writing as Ada');
    expect(changing()).toHaveFocus();
  },
);

it('an empty name shows an error without asking the server', async () => {
  const { onrename, person } = setUp();
  await person.click(changing());
  await opened();
  await person.keyboard(' {Enter}');
  expect(onrename).not.toHaveBeenCalled();
  expect(field()).toBeInvalid();
  expect(field()).toHaveAccessibleDescription('Enter a name');
});

it("a rejected name shows the server's error and keeps the form open", async () => {
  const { person } = setUp(ada, () => Promise.reject(new ReducerError('refused', 'Taken')));
  await person.click(changing());
  await opened();
  await person.keyboard('Grace{Enter}');
  await vi.waitFor(() => expect(field()).toHaveAccessibleDescription('Taken'));
  expect(field()).toHaveValue('Grace');
});

it('a taken name offers a free one, which replaces the typed text', async () => {
  const { onrename, person } = setUp(ada, (name) =>
    name === 'Bobby2'
      ? Promise.resolve()
      : Promise.reject(new ReducerError('refused', `${name} is taken. Try Bobby2`)),
  );
  await person.click(changing());
  await opened();
  await person.keyboard('Bobby{Enter}');
  await person.click(await screen.findByRole('button', { name: 'Try Bobby2' }));
  expect(field()).toHaveValue('Bobby2');
  expect(field()).toHaveFocus();
  expect(screen.queryByRole('button', { name: 'Try Bobby2' })).not.toBeInTheDocument();
  expect(screen.queryByText('Bobby is taken.')).not.toBeInTheDocument();
  await person.keyboard('{Enter}');
  expect(onrename).toHaveBeenLastCalledWith('Bobby2');
  await vi.waitFor(() => expect(changing()).toHaveFocus());
});

it('the suggested name disappears when the next name has a different problem', async () => {
  const { person } = setUp(ada, (name) =>
    Promise.reject(new ReducerError('refused', `${name} is taken. Try Bobby2`)),
  );
  await person.click(changing());
  await opened();
  await person.keyboard('Bobby{Enter}');
  await screen.findByRole('button', { name: 'Try Bobby2' });
  await person.clear(field());
  await person.keyboard(`${'x'.repeat(60)}{Enter}`);
  await vi.waitFor(() => expect(field()).toHaveAccessibleDescription(/32 characters/));
  expect(screen.queryByRole('button', { name: /^Try/ })).not.toBeInTheDocument();
});

it('a taken name without a free one, and any other refusal, offers nothing', async () => {
  const { person } = setUp(ada, (name) =>
    Promise.reject(
      new ReducerError('refused', name === 'Bobby' ? 'Bobby is taken. Choose another name' : 'Not today'),
    ),
  );
  await person.click(changing());
  await opened();
  await person.keyboard('Bobby{Enter}');
  await vi.waitFor(() => expect(field()).toHaveAccessibleDescription('Bobby is taken.'));
  expect(screen.queryByRole('button', { name: /^Try/ })).not.toBeInTheDocument();
  await person.keyboard('x{Enter}');
  await vi.waitFor(() => expect(field()).toHaveAccessibleDescription('Not today'));
  expect(screen.queryByRole('button', { name: /^Try/ })).not.toBeInTheDocument();
});

it('cannot be cancelled while the server is asked', async () => {
  const answer = deferred();
  const { person } = setUp(ada, () => answer.promise);
  await person.click(changing());
  await opened();
  await person.keyboard('Grace{Enter}');
  await person.click(screen.getByRole('button', { name: 'Cancel' }));
  await person.keyboard('{Escape}');
  answer.reject(new ReducerError('refused', 'Taken'));
  await vi.waitFor(() => expect(field()).toHaveAccessibleDescription('Taken'));
});

it('offers no second form while the reader is asked for a name elsewhere', () => {
  render(OwnName, { me: nobody, welcoming: true, onrename: () => Promise.resolve() });
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

it.each([...hostileTexts, ...markdownTexts, ...unruledTexts])(
  'shows %j as text, if it is the name',
  (name) => {
    const { container } = render(OwnName, {
      me: user(name, { isMe: true }),
      onrename: () => Promise.resolve(),
    });
    const [shown] = container.querySelectorAll('p bdi');
    expect(shown?.textContent).toBe(name);
    expect(shown?.childElementCount).toBe(0);
  },
);
