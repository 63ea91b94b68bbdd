/** Tells of messages that arrive while the page is in the background, by the means that the visitor has switched on. */
import type { ChatMessage } from 'spacetimedb-stores/chat';

/** Whether the system lets this page show notifications; asks, so it is to be called on a click only. */
export async function mayNotify(): Promise<boolean> {
  return typeof Notification !== 'undefined' && (await Notification.requestPermission()) === 'granted';
}

/**
 * Shows the last of `messages`, and how many there are; one notification for each room, whatever arrives. A click on it
 * brings the page to the front.
 */
export function notify(room: string, messages: readonly ChatMessage[]): void {
  const last = messages.at(-1);
  if (!last || typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  const title = `${messages.length === 1 ? last.author.label : `${messages.length} messages`} · ${room}`;
  const options = { body: last.text.slice(0, 200), tag: `spacetimedb-chat:${room}` };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Phones have the constructor, but let only service workers show something. A click is that worker's, too.
    void navigator.serviceWorker
      ?.getRegistration()
      .then((registration) => registration?.showNotification(title, options));
  }
}

let audio: AudioContext | undefined;

/** Two soft tones. Browsers stay silent until someone has clicked in the page. */
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
