import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { Identity, Timestamp } from 'spacetimedb';
import { ReducerError } from 'spacetimedb-stores';
import { expect, it, vi } from 'vitest';
import type { OpenReport } from '../../module_bindings/types.ts';
import type { ReportedMessage } from './reported.ts';
import Reports from './Reports.svelte';

const [ann, ben, eve] = ['a', 'b', 'e'].map((digit) => new Identity(digit.repeat(64))) as [
  Identity,
  Identity,
  Identity,
];
const names = new Map([
  [ann.toHexString(), 'Ann'],
  [ben.toHexString(), 'Ben'],
  [eve.toHexString(), 'Eve'],
]);
const at = (minute: number) => Timestamp.fromDate(new Date(Date.UTC(2026, 0, 2, 12, minute)));

function report(id: bigint, more: Partial<OpenReport> = {}): OpenReport {
  return { id, at: at(10), reporter: ben, sender: eve, sent: at(0), text: 'rude', reason: '', ...more };
}

function show(reports: readonly OpenReport[], act = vi.fn((_: ReportedMessage) => Promise.resolve())) {
  const nameOf = (id: string) => names.get(id) ?? id;
  const onclose = vi.fn((_: ReportedMessage) => Promise.resolve());
  const { rerender } = render(Reports, { reports, nameOf, ondelete: act, onclose });
  return { ondelete: act, onclose, update: (next: OpenReport[]) => rerender({ reports: next }) };
}

it('shows who reported which message, when and why, grouped by message', () => {
  show([
    report(3n, { sender: ann, sent: at(5), text: 'other' }),
    report(1n, { reason: 'insult' }),
    report(2n, { reporter: ann, text: 'rude, and edited' }),
  ]);
  const [first, second, ...more] = screen
    .getAllByRole('listitem')
    .filter((item) => within(item).queryAllByRole('button').length > 0);
  expect(more).toEqual([]);
  expect(first).toHaveTextContent(/^Eve/);
  expect(first).toHaveTextContent('rude, and edited');
  expect(first).toHaveTextContent(/Reported by Ben, .* Reason: insult/);
  expect(first).toHaveTextContent(/Reported by Ann/);
  expect(second).toHaveTextContent(/^Ann.*other/);
});

it('deletes a message or closes its reports, and moves the focus to the heading', async () => {
  const { ondelete, onclose } = show([report(1n, { reason: 'insult' })]);
  await userEvent.click(screen.getByRole('button', { name: 'Delete the message by Eve' }));
  expect(ondelete.mock.calls[0]?.[0]).toMatchObject({ sender: eve, sent: at(0) });
  await vi.waitFor(() => expect(screen.getByRole('heading', { name: 'Reported messages' })).toHaveFocus());
  expect(onclose).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Close the reports about Eve' }));
  expect(onclose).toHaveBeenCalledTimes(1);
});

it('says why something was refused', async () => {
  show(
    [report(1n)],
    vi.fn(() => Promise.reject(new ReducerError('refused', 'Only moderators may do this'))),
  );
  await userEvent.click(screen.getByRole('button', { name: 'Delete the message by Eve' }));
  expect(await screen.findByText('Only moderators may do this')).toBeInTheDocument();
});

it('says so when there are no reports', async () => {
  const { update } = show([report(1n)]);
  expect(screen.queryByText('Nothing to look at.')).toBeNull();
  await update([]);
  expect(screen.getByText('Nothing to look at.')).toBeInTheDocument();
});
