import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { unique } from '../../spacetimedb/test/server.ts';
import { SdkPerson } from '../tools/pages/sdk-person.ts';
import { setHidden } from '../tools/pages/set-hidden.ts';
import { openOwnSite, type OwnSite } from '../tools/pages/site.ts';
import { launchBrowser, Visitor } from '../tools/pages/visitor.ts';
import { beforeSecondTry } from '../tools/setup/second-try.ts';

interface Alerts {
  shown: Notification[];
  tones: AudioContextState[];
  focused: number;
}
/** The used part of a service worker's global scope, whose types conflict with those of a page. */
interface WorkerScope {
  registration: ServiceWorkerRegistration;
  WindowClient: { prototype: { url: string; focus(): Promise<unknown> } };
  NotificationEvent: new (type: string, init: { notification: Notification | undefined }) => Event;
}
type Watched = typeof globalThis & { alerts: Alerts };
type Displaying = typeof globalThis & { displayed: Promise<void> };

let site: OwnSite;
let visitor: Visitor;
let name: string;

const hide = (hidden: boolean): Promise<void> => visitor.page.evaluate(setHidden, hidden);

async function arrive(): Promise<void> {
  visitor = await Visitor.arrive(await launchBrowser('browser'), site, {
    permissions: ['notifications'],
    serviceWorkers: 'allow',
  });
  await visitor.connected();
  name = unique('Ann');
  await visitor.rename(name);
}

beforeAll(async () => {
  site = await openOwnSite();
  await arrive();
});
beforeSecondTry(async () => {
  await visitor.leave();
  await arrive();
});
afterEach(() => hide(false));
afterAll(async () => {
  await visitor?.leave();
  await site?.close();
});

it('an answer in the background marks the tab, and notifications are offered once', async () => {
  const ben = await SdkPerson.join(site, unique('Ben'));
  await visitor.write(unique('Anybody here?'));
  const offer = visitor.page.getByRole('region', { name: 'Get notified of new messages' });
  // A message that arrives during the first load does not count as new, so Ben may have to write again.
  await vi.waitFor(async () => {
    await hide(true);
    await ben.write(`@${name} ${unique('yes')}`);
    await vi.waitFor(async () => expect(await visitor.page.title()).toBe('(@1) quickstart-chat'), 30_000);
    await hide(false);
    await vi.waitFor(async () => expect(await visitor.page.title()).toBe('quickstart-chat'), 30_000);
    await offer.waitFor({ timeout: 5_000 });
  }, 120_000);
  await offer.getByRole('button', { name: 'Notify me' }).click();
  await offer.waitFor({ state: 'detached' });
  await visitor.page.getByRole('button', { name: 'Settings' }).click();
  expect(await visitor.page.getByRole('radio', { name: 'All messages' }).isChecked()).toBe(true);
  await visitor.page.keyboard.press('Escape');
  await ben.leave();
});

/** Runs in the page: records notifications and sounds. */
function watch(): void {
  const alerts: Alerts = { shown: [], tones: [], focused: 0 };
  Object.assign(globalThis, { alerts });
  globalThis.Notification = class extends Notification {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      alerts.shown.push(this);
    }
  };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    alerts.tones.push((this.context as AudioContext).state);
    start.apply(this, when);
  };
  window.focus = () => void alerts.focused++;
}

/** Enables notifications and sound, and has someone write a message in the background. Returns its text. */
async function writeInBackground(prepare: () => void): Promise<string> {
  await visitor.page.getByRole('button', { name: 'Settings' }).click();
  const dialog = visitor.page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByText('All messages', { exact: true }).click();
  await dialog.getByRole('switch', { name: 'Sound' }).setChecked(true);
  await visitor.page.keyboard.press('Escape');
  await visitor.page.evaluate(prepare);
  const other = await SdkPerson.join(site);
  const text = unique('Are you there?');
  await hide(true);
  await other.write(text);
  await other.leave();
  return text;
}

it('new messages show a notification and play a sound once enabled, and a click leads back', async () => {
  const complaints = visitor.complaints.length;
  const text = await writeInBackground(watch);
  const alerts = () =>
    visitor.page.evaluate(() => {
      const { shown, tones, focused } = (globalThis as Watched).alerts;
      return { shown: shown.map(({ title, body }) => ({ title, body })), tones, focused };
    });
  await vi.waitFor(async () => {
    const { shown, tones } = await alerts();
    expect(shown).toEqual([{ title: expect.stringContaining('quickstart-chat') as string, body: text }]);
    expect(tones).toEqual(['running', 'running']);
  });
  await visitor.page.evaluate(() =>
    (globalThis as Watched).alerts.shown[0]?.dispatchEvent(new Event('click')),
  );
  expect((await alerts()).focused).toBe(1);
  expect(visitor.complaints.slice(complaints)).toEqual([]);
});

it('the service worker shows notifications where pages may not, as on phones', async () => {
  const text = await writeInBackground(() => {
    const { showNotification } = ServiceWorkerRegistration.prototype;
    const displayed = new Promise<void>((resolve) => {
      ServiceWorkerRegistration.prototype.showNotification = async function (...options) {
        await showNotification.apply(this, options);
        resolve();
      };
    });
    Object.assign(globalThis, { displayed });
    globalThis.Notification = new Proxy(Notification, {
      construct: () => {
        throw new TypeError('Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.');
      },
    });
  });
  const shown = (): Promise<string[]> =>
    visitor.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ body }) => body);
    });
  // Chromium drops a notification if it is asked for it while it is about to be displayed.
  await visitor.page.evaluate(() => (globalThis as Displaying).displayed);
  await vi.waitFor(async () => expect(await shown()).toEqual([text]));
  const workers = visitor.page.context().serviceWorkers();
  const worker = workers.find((worker) => worker.url().startsWith(site.url));
  // Browsers let a worker focus a page only after a real click, which a test cannot make.
  const focused = await worker?.evaluate(async () => {
    const scope = globalThis as unknown as WorkerScope;
    const [notification] = await scope.registration.getNotifications();
    return new Promise<string>((resolve) => {
      scope.WindowClient.prototype.focus = function () {
        resolve(this.url);
        return Promise.resolve(this);
      };
      dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
    });
  });
  // The page may have followed the link to the message by now.
  expect(focused).toBe(visitor.page.url().split('#')[0]);
  await vi.waitFor(async () => expect(await shown()).toEqual([]));
});
