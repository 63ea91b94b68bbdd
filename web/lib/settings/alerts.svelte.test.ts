import fc from 'fast-check';
import type { LiveStatus } from 'spacetimedb-stores';
import type { MessageDetails } from 'spacetimedb-stores/chat';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeFeatures } from '../../testing/fake-features.ts';
import { liveStatus, message, user } from '../../testing/fixtures.ts';
import { hostileTexts, markdownTexts, unruledTexts } from '../../tools/checks/hostile-texts.ts';
import { concernsMe, isQuiet, mayNotify, notify } from './alerts.ts';

const [ada, bob] = [user('Ada'), user('Bob')];

describe('a notification', () => {
  const shown: { title: string; options: NotificationOptions | undefined; close: () => void }[] = [];
  class FakeNotification {
    static permission: NotificationPermission = 'granted';
    static requestPermission = (): Promise<NotificationPermission> => Promise.resolve(this.permission);
    onclick: (() => void) | undefined;
    close = vi.fn();
    readonly title: string;
    readonly options: NotificationOptions | undefined;
    constructor(title: string, options?: NotificationOptions) {
      this.title = title;
      this.options = options;
      shown.push(this);
    }
  }

  beforeEach(() => {
    shown.length = 0;
    FakeNotification.permission = 'granted';
    vi.stubGlobal('Notification', FakeNotification);
  });
  afterEach(() => Reflect.deleteProperty(navigator, 'serviceWorker'));

  it('shows the author, the text and the room', () => {
    notify('lobby', [message(ada, 'Are you there?')]);
    expect(shown).toMatchObject([
      { title: 'Ada · lobby', options: { body: 'Are you there?', tag: 'spacetimedb-chat:lobby' } },
    ]);
  });

  it('shows the number of messages and the start of the last one', () => {
    notify('lobby', [message(ada, 'one'), message(bob, 'x'.repeat(500))]);
    expect(shown).toMatchObject([{ title: '2 new messages · lobby', options: { body: 'x'.repeat(200) } }]);
  });

  it.each([...hostileTexts, ...markdownTexts, ...unruledTexts])('shows %j as it is', (text) => {
    notify(text, [message(user(text), text)]);
    expect(shown).toMatchObject([{ title: `${text} · ${text}`, options: { body: text.slice(0, 200) } }]);
  });

  it('brings the page to the front on click, and closes', () => {
    const focus = vi.spyOn(window, 'focus').mockImplementation(() => {});
    notify('lobby', [message(ada, 'one')]);
    const [notification] = shown as unknown as FakeNotification[];
    notification?.onclick?.();
    expect(focus).toHaveBeenCalledTimes(1);
    expect(notification?.close).toHaveBeenCalledTimes(1);
  });

  it('opens the message on click, like a link to it', () => {
    vi.spyOn(window, 'focus').mockImplementation(() => {});
    notify('lobby', [message(ada, 'one')], undefined, new URL('#m=7', location.href).href);
    const [notification] = shown as unknown as FakeNotification[];
    expect(location.hash).toBe('');
    notification?.onclick?.();
    expect(location.hash).toBe('#m=7');
    history.replaceState(null, '', location.pathname);
  });

  it('is shown by the service worker, once that is active, where pages may not create one', async () => {
    const showNotification = vi.fn(() => Promise.resolve());
    let activate = (_: { showNotification: () => Promise<void> }): void => {};
    const ready = new Promise<Parameters<typeof activate>[0]>((resolve) => (activate = resolve));
    Object.defineProperty(navigator, 'serviceWorker', { configurable: true, value: { ready } });
    const refused = (): never => {
      throw new TypeError('Illegal constructor');
    };
    vi.stubGlobal('Notification', new Proxy(FakeNotification, { construct: refused }));
    notify('lobby', [message(ada, 'one')], undefined, 'https://chat.example/#m=7');
    expect(showNotification).not.toHaveBeenCalled();
    activate({ showNotification });
    await vi.waitFor(() =>
      expect(showNotification).toHaveBeenCalledExactlyOnceWith('Ada · lobby', {
        body: 'one',
        tag: 'spacetimedb-chat:lobby',
        data: 'https://chat.example/#m=7',
      }),
    );
  });

  it('is skipped if only workers may show one, and there are none', () => {
    const refused = (): never => {
      throw new TypeError('Illegal constructor');
    };
    vi.stubGlobal('Notification', new Proxy(FakeNotification, { construct: refused }));
    expect(() => notify('lobby', [message(ada, 'one')])).not.toThrow();
  });

  it('is not shown without permission, without messages or without browser support', async () => {
    notify('lobby', []);
    FakeNotification.permission = 'denied';
    notify('lobby', [message(ada, 'one')]);
    expect(await mayNotify()).toBe(false);
    vi.stubGlobal('Notification', undefined);
    notify('lobby', [message(ada, 'one')]);
    expect(await mayNotify()).toBe(false);
    expect(shown).toEqual([]);
  });
});

describe('the sound', () => {
  const tones: { frequency: { value: number }; from: number; to: number }[] = [];
  const contexts: { state: AudioContextState; destination: unknown }[] = [];
  const connected: unknown[] = [];
  /** The times and the volumes of the tones. */
  const levels: (readonly [number, number])[] = [];
  /** Whether the browser is handling a click. */
  let clicked = false;

  beforeEach(() => {
    tones.length = 0;
    contexts.length = 0;
    clicked = false;
    vi.resetModules();
    connected.length = 0;
    levels.length = 0;
    const connect = (next: unknown): unknown => (connected.push(next), next);
    const level = (value: number, at: number): void => void levels.push([at, value]);
    vi.stubGlobal(
      'AudioContext',
      class {
        state: AudioContextState = 'suspended';
        currentTime = 5;
        destination = {};
        constructor() {
          contexts.push(this);
        }
        resume(): Promise<void> {
          if (!clicked) return Promise.reject(new DOMException('Not now.', 'NotAllowedError'));
          this.state = 'running';
          return Promise.resolve();
        }
        createGain = () => ({
          connect,
          gain: {
            setValueAtTime: level,
            linearRampToValueAtTime: level,
            exponentialRampToValueAtTime: level,
          },
        });
        createOscillator = () => {
          const tone = { connect, frequency: { value: 0 }, from: 0, to: 0, start, stop };
          function start(at: number): void {
            tone.from = at;
          }
          function stop(at: number): void {
            tone.to = at;
          }
          tones.push(tone);
          return tone;
        };
      },
    );
  });

  it('consists of two tones, one after the other', async () => {
    const { playSound, prepareSound } = await import('./alerts.ts');
    clicked = true;
    prepareSound();
    playSound();
    expect(tones.map(({ frequency }) => frequency.value)).toEqual([660, 880]);
    for (const { from, to } of tones) expect(to).toBeGreaterThan(from);
    expect(tones[1]?.from).toBeGreaterThan(tones[0]?.from ?? Infinity);
    expect(tones[1]?.from).toBeLessThan(tones[0]?.to ?? 0);
    expect(connected.filter((target) => target === contexts[0]?.destination)).toHaveLength(2);
  });

  it('rises and fades during each tone', async () => {
    const { playSound, prepareSound } = await import('./alerts.ts');
    clicked = true;
    prepareSound();
    playSound();
    const times = levels.slice(0, 3).map(([at]) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBe(tones[0]?.from);
    expect(times[2]).toBeLessThanOrEqual(tones[0]?.to ?? 0);
    const volumes = levels.slice(0, 3).map(([, volume]) => volume);
    expect(volumes[1]).toBe(Math.max(...volumes));
  });

  it('is played only after a click, and again after the browser has suspended it', async () => {
    const { playSound, prepareSound } = await import('./alerts.ts');
    playSound();
    // Browsers warn about a context that is created without a click.
    expect(contexts).toEqual([]);
    prepareSound();
    playSound();
    expect(tones).toEqual([]);
    clicked = true;
    prepareSound();
    playSound();
    expect(tones).toHaveLength(2);
    Object.assign(contexts[0] ?? {}, { state: 'suspended' });
    playSound();
    expect(tones).toHaveLength(2);
    prepareSound();
    playSound();
    expect(tones).toHaveLength(4);
  });

  it('is skipped by browsers without Web Audio', async () => {
    vi.stubGlobal('AudioContext', undefined);
    const { playSound, prepareSound } = await import('./alerts.ts');
    prepareSound();
    expect(playSound).not.toThrow();
  });
});

describe('quiet hours', () => {
  const at = (time: string): Date => new Date(`2026-03-14T${time}:30`);

  it.each([
    ['22:00', '07:00', ['22:00', '23:59', '00:00', '06:59'], ['21:59', '07:00', '12:00']],
    ['09:00', '17:30', ['09:00', '17:29'], ['08:59', '17:30', '00:00']],
    ['08:00', '08:00', [], ['08:00', '20:00']],
    ['00:00', '06:00', ['00:00', '05:59'], ['06:00', '23:59']],
    ['22:00', '00:00', ['22:00', '23:59'], ['00:00', '21:59']],
  ])('last from %s to %s', (from, to, quiet, loud) => {
    for (const time of quiet) expect(isQuiet(from, to, at(time)), time).toBe(true);
    for (const time of loud) expect(isQuiet(from, to, at(time)), time).toBe(false);
  });

  it('and the other hours make up the whole day, also across midnight', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const text = (minutes: number): string =>
      [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
    fc.assert(
      fc.property(minute, minute, minute, (now, from, to) => {
        fc.pre(from !== to);
        const date = at(text(now));
        expect(isQuiet(text(from), text(to), date)).toBe(!isQuiet(text(to), text(from), date));
        const sinceStart = (now - from + 1440) % 1440;
        expect(isQuiet(text(from), text(to), date)).toBe(sinceStart < (to - from + 1440) % 1440);
      }),
    );
  });
});

describe('a message concerns the reader', () => {
  const me = user('Me', { isMe: true });
  const theirs = message(ada, 'Hello');

  it('if it mentions or answers them, and not otherwise', async () => {
    const features = new FakeFeatures(me);
    expect(await concernsMe(features, theirs)).toBe(false);
    features.change(theirs, { mentions: [{ name: 'Bob', person: bob, isMe: false }] });
    expect(await concernsMe(features, theirs)).toBe(false);
    features.change(theirs, { mentions: [{ name: 'everyone', person: undefined, isMe: true }] });
    expect(await concernsMe(features, theirs)).toBe(true);
    const quote = { author: me, sent: new Date(), status: 'ready', text: 'x', id: 'x' } as const;
    features.change(theirs, { mentions: [], replyTo: quote });
    expect(await concernsMe(features, theirs)).toBe(true);
  });

  /** The details of a message, which are not known at first. */
  function unknown() {
    const features = new FakeFeatures(me);
    const store = features.details(theirs);
    let watching = 0;
    let report: (status: LiveStatus) => void = () => {};
    const watch = (): (() => void) => {
      watching++;
      return () => void watching--;
    };
    const details = () => ({
      get: () => store.get(),
      subscribe: watch,
      status: {
        get: () => liveStatus('idle'),
        subscribe: (run: typeof report) => {
          (report = run)(liveStatus('idle'));
          return watch();
        },
      },
    });
    return {
      concern: concernsMe({ details }, theirs),
      change: (parts: Partial<MessageDetails>) => features.change(theirs, parts),
      report: (status: LiveStatus['status']) => report(liveStatus(status)),
      watching: () => watching,
    };
  }

  it('once that is known', async () => {
    // Does not wait for the maximum time.
    vi.useFakeTimers();
    const { concern, change, report, watching } = unknown();
    const answered = vi.fn();
    void concern.then(answered);
    report('loading');
    await vi.advanceTimersByTimeAsync(0);
    change({ mentions: [{ name: 'everyone', person: undefined, isMe: true }] });
    report('ready');
    await vi.advanceTimersByTimeAsync(0);
    expect(answered).toHaveBeenCalledExactlyOnceWith(true);
    expect(watching()).toBe(0);
  });

  it('not if that is not known soon', async () => {
    vi.useFakeTimers();
    const { concern, watching } = unknown();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await concern).toBe(false);
    expect(watching()).toBe(0);
  });
});
