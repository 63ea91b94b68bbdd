import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeFeatures } from '../../testing/fake-features.ts';
import { chatSessionWith, message, user } from '../../testing/fixtures.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import { Alerting } from './alerting.svelte.ts';
import NotifyOffer from './NotifyOffer.svelte';
import { Preferences, preferences } from './preferences.svelte.ts';

const [ada, me] = [user('Ada'), user('Me', { isMe: true })];
const shown: string[] = [];
/** The shown notifications, to be clicked. */
const notifications: { readonly onclick: (() => void) | undefined }[] = [];
let permission: NotificationPermission;
const requestPermission = vi.fn(() => Promise.resolve(permission));

beforeEach(() => {
  Object.assign(preferences, new Preferences().all);
  shown.length = notifications.length = 0;
  permission = 'granted';
  requestPermission.mockClear();
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  vi.stubGlobal(
    'Notification',
    class {
      static get permission() {
        return permission;
      }
      static requestPermission = requestPermission;
      onclick: (() => void) | undefined;
      readonly title: string;
      constructor(title: string) {
        this.title = title;
        shown.push(title);
        notifications.push(this);
      }
      close(): void {}
    },
  );
});

const features = new FakeFeatures(me);
const alerting = (
  messages = [message(me, 'Anybody here?'), message(ada, 'Hello')],
  parts: Partial<ChatSession> = { features },
): Alerting => new Alerting({ session: chatSessionWith({ messages, me, ...parts }), title: () => 'lobby' });

describe('a message that arrives in the background', () => {
  it('is shown if the reader wants all of them', async () => {
    preferences.notify = 'all';
    alerting().arrived([message(ada, 'Yes')]);
    await vi.waitFor(() => expect(shown).toEqual(['Ada · lobby']));
  });

  it('is opened by a click on the notification, the last one if there are several', async () => {
    preferences.notify = 'all';
    vi.spyOn(window, 'focus').mockImplementation(() => {});
    const [first, last] = [message(ada, 'Yes'), message(ada, 'Here')];
    alerting().arrived([first, last]);
    await vi.waitFor(() => expect(notifications).toHaveLength(1));
    notifications[0]?.onclick?.();
    expect(location.hash).toBe(`#m=${features.idOf(last)}`);
    history.replaceState(null, '', location.pathname);
  });

  it('is shown only if it concerns the reader, if they want that', async () => {
    preferences.notify = 'mentions';
    const [plain, mention] = [message(ada, 'Hello'), message(user('Bob'), '@Me hello')];
    features.change(mention, { mentions: [{ name: 'Me', person: me, isMe: true }] });
    alerting().arrived([plain, mention]);
    await vi.waitFor(() => expect(shown).toEqual(['Bob · lobby']));
  });

  it('is not shown in quiet hours', async () => {
    preferences.notify = 'all';
    Object.assign(preferences, { quiet: true, quietFrom: '22:00', quietTo: '07:00' });
    vi.useFakeTimers({ now: new Date(2026, 2, 14, 23, 30) });
    const alerts = alerting();
    alerts.arrived([message(ada, 'Psst')]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown).toEqual([]);
    vi.setSystemTime(new Date(2026, 2, 15, 7, 0));
    alerts.arrived([message(ada, 'Good morning')]);
    await vi.waitFor(() => expect(shown).toEqual(['Ada · lobby']));
  });

  it('is not shown while the page is visible', () => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(false);
    const alerts = alerting();
    alerts.arrived([message(ada, 'Yes')]);
    expect(alerts.isOffered).toBe(false);
    preferences.notify = 'all';
    alerts.arrived([message(ada, 'Yes')]);
    expect(shown).toEqual([]);
  });

  it.each([
    ['the page is visible again', () => vi.spyOn(document, 'hidden', 'get').mockReturnValue(false)],
    ['the alerts are stopped', (alerts: Alerting) => alerts.stop()],
  ])('waits for the one before, and is not shown if %s meanwhile', async (_, change) => {
    preferences.notify = 'all';
    vi.useFakeTimers();
    const alerts = alerting();
    alerts.arrived([message(ada, 'Yes')]);
    await vi.waitFor(() => expect(shown).toHaveLength(1));
    alerts.arrived([message(ada, 'Me, too')]);
    change(alerts);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown).toHaveLength(1);
  });

  it('is not shown to people who want only mentions if the server has no mentions', async () => {
    preferences.notify = 'mentions';
    vi.useFakeTimers();
    alerting([], {}).arrived([message(ada, 'Yes')]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(shown).toEqual([]);
  });

  it('is shown without a link if messages have none', async () => {
    preferences.notify = 'all';
    vi.spyOn(window, 'focus').mockImplementation(() => {});
    alerting([], {}).arrived([message(ada, 'Yes')]);
    await vi.waitFor(() => expect(notifications).toHaveLength(1));
    notifications[0]?.onclick?.();
    expect(location.hash).toBe('');
  });

  it('only plays a sound if the reader wants a sound and no notifications', async () => {
    vi.resetModules();
    preferences.sound = true;
    const oscillator = { connect: (next: unknown) => next, frequency: {}, start: vi.fn(), stop: vi.fn() };
    const ramp = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    vi.stubGlobal(
      'AudioContext',
      class {
        state = 'running';
        currentTime = 0;
        resume = () => Promise.resolve();
        createOscillator = () => oscillator;
        createGain = () => ({ connect: (next: unknown) => next, gain: ramp });
      },
    );
    (await import('./alerts.ts')).prepareSound();
    alerting().arrived([message(ada, 'Yes')]);
    await vi.waitFor(() => expect(oscillator.start).toHaveBeenCalled());
    expect(shown).toEqual([]);
  });
});

describe('notifications are offered', () => {
  it('when an answer has arrived in the background', () => {
    const alerts = alerting();
    expect(alerts.isOffered).toBe(false);
    alerts.arrived([message(ada, 'Yes')]);
    expect(alerts.isOffered).toBe(true);
    expect(requestPermission).not.toHaveBeenCalled();
  });

  it.each([
    ['to those who have not written', () => alerting([message(ada, 'Hello')])],
    ['to those who were asked before', () => ((preferences.offered = true), alerting())],
    ['to those who have them', () => ((preferences.notify = 'mentions'), alerting())],
    ['where the browser blocks them', () => ((permission = 'denied'), alerting())],
    ['where the browser has none', () => (vi.stubGlobal('Notification', undefined), alerting())],
  ])('not %s', (_, open) => {
    const alerts = open();
    alerts.arrived([message(ada, 'Yes')]);
    expect(alerts.isOffered).toBe(false);
  });

  it('and the browser asks only after a click', async () => {
    const onclose = vi.fn();
    render(NotifyOffer, { onclose });
    expect(requestPermission).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Notify me' }));
    await vi.waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(requestPermission).toHaveBeenCalledOnce();
    expect(preferences).toMatchObject({ notify: 'all', offered: true });
  });

  it('and can be declined permanently', async () => {
    const onclose = vi.fn();
    render(NotifyOffer, { onclose });
    await userEvent.click(screen.getByRole('button', { name: 'Not now' }));
    expect(onclose).toHaveBeenCalledOnce();
    expect(requestPermission).not.toHaveBeenCalled();
    expect(preferences).toMatchObject({ notify: 'none', offered: true });
  });

  it('and a browser that blocks them is explained', async () => {
    permission = 'denied';
    render(NotifyOffer, { onclose: vi.fn() });
    await userEvent.click(screen.getByRole('button', { name: 'Notify me' }));
    await screen.findByText(/This browser blocks notifications/);
    expect(preferences.notify).toBe('none');
  });
});
