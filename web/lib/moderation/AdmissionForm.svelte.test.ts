import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { Settings as RoomSettings } from '../../module_bindings/types.ts';
import type { ModerationController } from './controller.svelte.ts';
import AdmissionForm from './AdmissionForm.svelte';

function show(settings: Pick<RoomSettings, 'admission' | 'admissionMinutes'>) {
  // The settings arrive before the answer, as from a real server.
  const setAdmission = vi.fn(({ policy, minutes }: { policy: string; minutes: number }) =>
    view.rerender({ settings: { admission: policy, admissionMinutes: minutes } as RoomSettings }),
  );
  const call = (run: (reducers: { setAdmission: typeof setAdmission }) => Promise<void>) =>
    run({ setAdmission });
  const view = render(AdmissionForm, {
    controller: { call } as unknown as ModerationController,
    settings: settings as RoomSettings,
  });
  return setAdmission;
}

it('shows the current policy and saves another one with its minutes', async () => {
  const setAdmission = show({ admission: 'open', admissionMinutes: 0 });
  expect(screen.getByRole('radio', { name: 'Immediately' })).toBeChecked();
  expect(screen.queryByRole('textbox', { name: 'Minutes' })).toBeNull();
  await userEvent.click(screen.getByRole('radio', { name: 'After waiting' }));
  const minutes = screen.getByRole('textbox', { name: 'Minutes' });
  expect(minutes).toHaveValue('10');
  await userEvent.clear(minutes);
  await userEvent.type(minutes, '25');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(setAdmission).toHaveBeenCalledWith({ policy: 'wait', minutes: 25 });
  await vi.waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Saved.'));
});

it('still shows what was saved, and saves it again', async () => {
  const setAdmission = show({ admission: 'open', admissionMinutes: 0 });
  await userEvent.click(screen.getByRole('radio', { name: 'After waiting' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await vi.waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Saved.'));
  expect(screen.getByRole('textbox', { name: 'Minutes' })).toHaveValue('10');
  expect(screen.getByRole('radio', { name: 'After waiting' })).toBeChecked();
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(setAdmission.mock.calls).toEqual([
    [{ policy: 'wait', minutes: 10 }],
    [{ policy: 'wait', minutes: 10 }],
  ]);
});

it('rejects minutes that are not a number', async () => {
  const setAdmission = show({ admission: 'wait', admissionMinutes: 5 });
  const minutes = screen.getByRole('textbox', { name: 'Minutes' });
  await userEvent.clear(minutes);
  await userEvent.type(minutes, 'soon');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(screen.getByRole('alert')).toHaveTextContent('“Minutes” must be a whole number');
  expect(setAdmission).not.toHaveBeenCalled();
});
