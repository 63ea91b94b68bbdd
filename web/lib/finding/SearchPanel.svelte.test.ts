import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { ReducerError } from 'spacetimedb-stores';
import type { ChatFeatures, ChatMessage } from 'spacetimedb-stores/chat';
import type { ComponentProps } from 'svelte';
import { expect, it, vi } from 'vitest';
import { FakeFeatures } from '../../testing/fake-features.ts';
import { message, user } from '../../testing/fixtures.ts';
import SearchPanel from './SearchPanel.svelte';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const found = Array.from({ length: 25 }, (_, index) => message(ada, `${index} green builds`)).reverse();

function show(search: ChatFeatures['search'], props: Partial<ComponentProps<typeof SearchPanel>> = {}) {
  const searched = vi.fn(search);
  const features = Object.assign(new FakeFeatures(me), { search: searched });
  const calls = {
    onshow: vi.fn((_: ChatMessage) => Promise.resolve(true)),
    ondate: vi.fn((_: Date) => Promise.resolve(true)),
    onclose: vi.fn(),
  };
  render(SearchPanel, { features, online: true, ...calls, ...props });
  return { searched, ...calls };
}

const field = (): HTMLElement => screen.getByRole('searchbox', { name: 'Search messages' });
const results = (): HTMLElement[] => within(screen.getByRole('list')).queryAllByRole('button');
const status = (): HTMLElement => screen.getByRole('status');

it('searches once typing pauses, and shows the results with the words marked', async () => {
  const { searched } = show(() => Promise.resolve(found.slice(0, 2)));
  expect(field()).toHaveFocus();
  await userEvent.type(field(), 'GREEN build');
  await vi.waitFor(() => expect(status()).toHaveTextContent('2 messages found'));
  expect(searched).toHaveBeenCalledTimes(1);
  expect(searched).toHaveBeenCalledWith('GREEN build', { before: undefined, limit: 20 });
  expect(results().map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/Ada.*24 green builds/s),
    expect.stringMatching(/Ada.*23 green builds/s),
  ]);
  expect([...document.querySelectorAll('mark')].map((mark) => mark.textContent).slice(0, 2)).toEqual([
    'green',
    'build',
  ]);
});

it('shows messages without formatting syntax, unless only the syntax matched', async () => {
  const formatted = message(ada, 'a **green** `build`, see [the log](https://example.com/today)');
  show(() => Promise.resolve([formatted]));
  await userEvent.type(field(), 'green');
  await vi.waitFor(() => expect(results()[0]).toHaveTextContent('a green build, see the log'));
  expect(document.querySelector('mark')).toHaveTextContent('green');
  await userEvent.clear(field());
  await userEvent.type(field(), 'example');
  await vi.waitFor(() => expect(document.querySelector('mark')).toHaveTextContent('example'));
});

it('shows only the results of the last search', async () => {
  const answers: ((messages: readonly ChatMessage[]) => void)[] = [];
  show(() => new Promise((resolve) => answers.push(resolve)));
  await userEvent.type(field(), 'one{Enter}');
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  await userEvent.type(field(), ' two{Enter}');
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]?.(found.slice(0, 1));
  await vi.waitFor(() => expect(results()).toHaveLength(1));
  answers[0]?.(found.slice(0, 5));
  await Promise.resolve();
  expect(results()).toHaveLength(1);
});

it('shows older messages on request, from the last one on', async () => {
  const { searched } = show((_, { before, limit = 0 } = {}) => {
    const from = before === undefined ? 0 : found.indexOf(before as ChatMessage) + 1;
    return Promise.resolve(found.slice(from, from + limit));
  });
  await userEvent.type(field(), 'green');
  await vi.waitFor(() => expect(status()).toHaveTextContent('The newest 20 messages'));
  await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
  await vi.waitFor(() => expect(results()).toHaveLength(25));
  expect(searched).toHaveBeenLastCalledWith('green', { before: found[19], limit: 20 });
  expect(status()).toHaveTextContent('25 messages found');
  expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument();
});

it('says that nothing was found', async () => {
  show(() => Promise.resolve([]));
  await userEvent.type(field(), 'needle');
  await vi.waitFor(() => expect(status()).toHaveTextContent('No messages match “needle”.'));
});

it('says why a search failed, and tries again', async () => {
  let error: Error | undefined = new Error('broken');
  show(() => (error ? Promise.reject(error) : Promise.resolve(found.slice(0, 1))));
  await userEvent.type(field(), 'green');
  const alert = screen.getByRole('alert');
  await vi.waitFor(() => expect(alert).toHaveTextContent('Couldn’t search.'));
  error = new ReducerError('refused', 'Slow down a little. Try again in 3 seconds');
  await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
  await vi.waitFor(() => expect(alert).toHaveTextContent('Slow down a little. Try again in 3 seconds'));
  error = undefined;
  await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
  await vi.waitFor(() => expect(results()).toHaveLength(1));
  expect(alert).toHaveTextContent(/^$/);
});

it('says that only loaded messages are searched while there is no connection', async () => {
  show(() => Promise.resolve([]), { online: false });
  await userEvent.type(field(), 'green');
  expect(screen.getByText('Only the messages that are loaded here are searched.')).toBeVisible();
});

it('is used with the keyboard alone', async () => {
  const { onshow, onclose } = show(() => Promise.resolve(found.slice(0, 3)));
  await userEvent.type(field(), 'green{Enter}');
  await vi.waitFor(() => expect(results()[0]).toHaveFocus());
  await userEvent.keyboard('{ArrowDown}{Enter}');
  expect(onshow).toHaveBeenCalledExactlyOnceWith(found[1]);
  await userEvent.keyboard('{ArrowUp}{ArrowUp}');
  expect(field()).toHaveFocus();
  await userEvent.keyboard('{ArrowDown}');
  expect(results()[0]).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  expect(onclose).toHaveBeenCalledOnce();
});

it('says that a found message is gone, or could not be loaded', async () => {
  const { onshow } = show(() => Promise.resolve(found.slice(0, 1)));
  await userEvent.type(field(), 'green{Enter}');
  await vi.waitFor(() => expect(results()).toHaveLength(1));
  onshow.mockResolvedValueOnce(false);
  await userEvent.click(results()[0] as HTMLElement);
  await screen.findByText('This message was deleted or is older than the room keeps.');
  onshow.mockRejectedValueOnce(new Error('offline'));
  await userEvent.click(results()[0] as HTMLElement);
  await screen.findByText('Couldn’t open the message.');
});

it('jumps to the beginning of a day, in local time', async () => {
  const { ondate } = show(() => Promise.resolve([]));
  const date = screen.getByLabelText('Go to a date');
  await userEvent.type(date, '2026-03-14');
  await userEvent.click(screen.getByRole('button', { name: 'Go to a date: Go' }));
  expect(ondate).toHaveBeenCalledExactlyOnceWith(new Date(2026, 2, 14));
  ondate.mockResolvedValueOnce(false);
  await userEvent.click(screen.getByRole('button', { name: 'Go to a date: Go' }));
  await screen.findByText('There are no messages on or after that day.');
});
