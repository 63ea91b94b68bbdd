/** Notifications and sounds for messages that arrive while the page is in the background. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
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
 * Shows a notification with the last of `messages` and their number. Each room has at most one notification;
 * clicking it brings the page to the front.
 */
export function notify(room: string, messages: readonly ChatMessage[], t = en): void {
  const last = messages.at(-1);
  if (!last || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const title = `${messages.length === 1 ? last.author.label : t.unread(messages.length)} · ${room}`;
  const options = { body: last.text.slice(0, 200), tag: `spacetimedb-chat:${room}` };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Mobile browsers have the constructor but allow only service workers to show notifications. The worker
    // handles the click.
    void navigator.serviceWorker
      ?.getRegistration()
      .then((registration) => registration?.showNotification(title, options));
  }
}

let audio: AudioContext | undefined;

/** Plays two soft tones. Browsers allow sound only after the first click in the page. */
export function playSound(): void {
  audio ??= new AudioContext();
  const start = audio.currentTime;
  [660, 880].forEach((frequency, index) => tone(audio as AudioContext, frequency, start + index * 0.09));
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
