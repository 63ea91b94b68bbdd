/** Alerts to messages that arrive while the page is in the background, as the reader has chosen. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import { siteStrings } from '../i18n/site-language.svelte.ts';
import type { ChatSession } from '../session/chat-session.svelte.ts';
import { batch } from '../timeline/batch.ts';
import { preferences } from './preferences.svelte.ts';

interface AlertingOptions {
  readonly session: ChatSession;
  /** The room's name. */
  readonly title: () => string;
}

export class Alerting {
  /** Whether to ask the reader whether they want notifications. */
  isOffered = $state(false);
  readonly #options: AlertingOptions;
  /** At most one alert every two seconds. */
  readonly #batch = batch<ChatMessage>(2_000, (arrived) => void this.#alert(arrived));

  constructor(options: AlertingOptions) {
    this.#options = options;
  }

  /** Handles new messages by others. */
  readonly arrived = (messages: readonly ChatMessage[]): void => {
    if (!document.hidden) return;
    this.#offer();
    this.#batch.add(messages);
  };

  /** Drops pending alerts. */
  stop(): void {
    this.#batch.stop();
  }

  /** Offers notifications once, to people who may expect an answer, if the browser would still ask. */
  #offer(): void {
    const isOpen = typeof Notification !== 'undefined' && Notification.permission !== 'denied';
    if (preferences.offered || preferences.notify !== 'none' || !isOpen) return;
    if (this.#options.session.messages.some(({ mine }) => mine)) this.isOffered = true;
  }

  async #alert(arrived: readonly ChatMessage[]): Promise<void> {
    const { notify: chosen, sound, quiet, quietFrom, quietTo } = preferences;
    if (!document.hidden || (chosen === 'none' && !sound)) return;
    const { concernsMe, isQuiet, notify, playSound } = await import('./alerts.ts');
    if (quiet && isQuiet(quietFrom, quietTo)) return;
    const { session, title } = this.#options;
    const { features } = session;
    let messages = arrived;
    if (chosen === 'mentions') {
      const concern = await Promise.all(
        arrived.map((message) => features !== undefined && concernsMe(features, message)),
      );
      messages = arrived.filter((_, index) => concern[index]);
    }
    const last = messages.at(-1);
    if (!last) return;
    const id = features?.idOf(last);
    const link = id === undefined ? undefined : `${location.href.split('#', 1)[0]}#m=${id}`;
    if (chosen !== 'none') notify(title(), messages, siteStrings(), link);
    if (sound) playSound();
  }
}
