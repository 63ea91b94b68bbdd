/** Notifications and sounds for messages that arrive while the page is in the background. */
import type { ChatFeatures, ChatMessage } from 'spacetimedb-stores/chat';
import { en } from '../i18n/en.ts';

/**
 * Asks for permission to show notifications. Browsers allow this only after a click.
 *
 * @returns whether permission was granted
 */
export async function mayNotify(): Promise<boolean> {
  return typeof Notification !== 'undefined' && (await Notification.requestPermission()) === 'granted';
}

/**
 * Whether it is a time of day without alerts.
 *
 * @param from local time as `HH:MM`
 * @param to local time as `HH:MM`, on the next day if it is before `from`. No time is quiet if both are the same
 */
export function isQuiet(from: string, to: string, now = new Date()): boolean {
  const minutes = (time: string): number => {
    const [hour = NaN, minute = NaN] = time.split(':').map(Number);
    return hour * 60 + minute;
  };
  const [at, start, end] = [now.getHours() * 60 + now.getMinutes(), minutes(from), minutes(to)];
  return start <= end ? at >= start && at < end : at >= start || at < end;
}

/** How long to wait for the details of a message, in milliseconds. */
const DETAILS_MS = 3_000;

/** Whether a message mentions the reader or answers them. False if that is not known soon. */
export async function concernsMe(
  features: Pick<ChatFeatures, 'details'>,
  message: ChatMessage,
): Promise<boolean> {
  const details = features.details(message);
  let stop = (): void => {};
  const known = new Promise<void>((resolve) => {
    stop = details.status.subscribe(({ isLoading, status }) => {
      if (!isLoading && status !== 'idle') resolve();
    });
  });
  // The details of a message are loaded while they have a subscriber.
  const leave = details.subscribe(() => {});
  try {
    await Promise.race([known, new Promise((resolve) => setTimeout(resolve, DETAILS_MS))]);
    const { mentions, replyTo } = details.get();
    return mentions.some(({ isMe }) => isMe) || replyTo?.author.isMe === true;
  } finally {
    leave();
    stop();
  }
}

/**
 * Shows a notification with the last of `messages` and their number. Each room has at most one notification;
 * clicking it brings the page to the front and opens the message.
 *
 * @param link address of the last message; undefined where messages have none
 */
export function notify(room: string, messages: readonly ChatMessage[], t = en, link?: string): void {
  const last = messages.at(-1);
  if (!last || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const title = `${messages.length === 1 ? last.author.label : t.unread(messages.length)} · ${room}`;
  const options = {
    body: last.text.slice(0, 200),
    tag: `spacetimedb-chat:${room}`,
    ...(link !== undefined && { data: link }),
  };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
      if (link !== undefined) location.assign(link);
    };
  } catch {
    // Mobile browsers have the constructor but allow only service workers to show notifications.
    showByWorker(title, options).catch(() => {});
  }
}

/**
 * Shows a notification through the service worker, which also handles the click. On a first visit, this waits until the
 * worker has loaded the site.
 *
 * @throws {Error} if the browser forbids this page to store anything or to use workers
 */
async function showByWorker(title: string, options: NotificationOptions): Promise<void> {
  const registration = await navigator.serviceWorker?.ready;
  await registration?.showNotification(title, options);
}

let audio: AudioContext | undefined;

/**
 * Makes later sounds audible. Browsers allow it only while they handle a click or a key press, and some suspend
 * the sound of a page in the background.
 */
export function prepareSound(): void {
  if (typeof AudioContext === 'undefined') return;
  audio ??= new AudioContext();
  // Rejected if this was not a click: the next click tries again.
  audio.resume().catch(() => {});
}

/** Plays two soft tones if `prepareSound` was called on a click in this page. */
export function playSound(): void {
  const context = audio;
  if (context?.state !== 'running') return;
  const start = context.currentTime;
  [660, 880].forEach((frequency, index) => tone(context, frequency, start + index * 0.09));
}

function tone(context: AudioContext, frequency: number, at: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.12, at + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.24);
}
