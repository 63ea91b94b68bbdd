/** Completes names and emoji in a text field. */
import type { ChatMessage, ChatUser } from 'spacetimedb-stores/chat';
import { loadEmoji, type Emoji } from '../emoji/emoji-data.ts';
import type { EmojiStorage } from '../emoji/memory.ts';
import { withRecent } from '../emoji/memory.ts';
import { bestShortcode, byShortcode, findByShortcode, folded } from '../emoji/search.ts';
import { withTone } from '../emoji/skin-tone.ts';
import { isComposing } from '../ui/keys.ts';
import { findPeople, recentAuthors } from './people.ts';
import { replaceRange } from './replace-range.ts';
import { closedShortcodeAt, triggerAt, type Trigger } from './trigger.ts';

const MAX_OPTIONS = 8;
const EVERYONE = 'everyone';

export type Option =
  | { readonly kind: 'person'; readonly id: string; readonly text: string; readonly user: ChatUser }
  | { readonly kind: 'everyone'; readonly id: string; readonly text: string }
  | {
      readonly kind: 'emoji';
      readonly id: string;
      readonly text: string;
      readonly emoji: Emoji;
      readonly code: string;
    };

export interface CompletionSources {
  readonly users: readonly ChatUser[];
  readonly messages: readonly ChatMessage[];
  /** Whether the reader may notify everyone. */
  readonly isStaff: boolean;
}

export class Completion {
  readonly #field: HTMLTextAreaElement;
  readonly #sources: () => CompletionSources;
  readonly #storage: EmojiStorage;
  #trigger = $state.raw<Trigger>();
  #emoji = $state.raw<readonly Emoji[]>();
  #index = $state(0);
  /** The start of a completion that was closed or accepted. */
  #dismissed: number | undefined;
  /** The text that the last completion replaced. */
  #replaced: string | undefined;

  readonly #recent = $derived.by(() => recentAuthors(this.#sources().messages));
  /** The options at the cursor, best first. */
  readonly options = $derived.by(() => this.#find());

  /**
   * @param sources read whenever something is completed
   * @param storage stores the skin tone
   */
  constructor(field: HTMLTextAreaElement, sources: () => CompletionSources, storage: EmojiStorage) {
    this.#field = field;
    this.#sources = sources;
    this.#storage = storage;
  }

  /** The option that Enter accepts. */
  get index(): number {
    return Math.min(this.#index, this.options.length - 1);
  }

  /** Listens to the field. @returns stops it */
  watch(): () => void {
    const field = this.#field;
    const end = new AbortController();
    const on = <Type extends keyof HTMLElementEventMap>(
      type: Type,
      listener: (event: HTMLElementEventMap[Type]) => void,
    ): void => field.addEventListener(type, listener, { signal: end.signal });
    on('input', (event) => {
      if (event instanceof InputEvent && event.inputType === 'historyUndo') this.#collapse();
      this.#update();
      if (event instanceof InputEvent && event.data?.endsWith(':') && !event.isComposing)
        void this.#replaceClosed();
    });
    on('compositionend', (event) => {
      if (event.data.endsWith(':')) void this.#replaceClosed();
    });
    on('keydown', (event) => this.#onkeydown(event));
    on('blur', () => this.close());
    // Sending empties the field without an input event.
    field.form?.addEventListener('reset', () => queueMicrotask(() => this.#update()), { signal: end.signal });
    // Fired by the field in new browsers, and by the document in all of them.
    for (const target of [field, document])
      target.addEventListener('selectionchange', () => this.#update(), { signal: end.signal });
    this.#update();
    void this.#replaceClosed();
    return () => end.abort();
  }

  /** Replaces the typed text with an option. */
  accept(option: Option): void {
    const trigger = this.#trigger;
    if (!trigger) return;
    const { value } = this.#field;
    const end = trigger.start + 1 + trigger.query.length;
    if (option.kind === 'emoji') this.#remember(option.emoji);
    this.close();
    this.#replace(trigger.start, end, option.text + (/^\s/.test(value.slice(end)) ? '' : ' '));
  }

  /** Closes the list until something else is completed. */
  close(): void {
    this.#dismissed = this.#trigger?.start ?? this.#dismissed;
    this.#trigger = undefined;
  }

  #update(): void {
    const { value, selectionStart, selectionEnd } = this.#field;
    const isHere = this.#field.matches(':focus') && selectionStart === selectionEnd;
    const trigger = isHere ? triggerAt(value, selectionStart) : undefined;
    if (trigger?.start !== this.#dismissed) this.#dismissed = undefined;
    const shown = this.#dismissed === undefined ? trigger : undefined;
    const was = this.#trigger;
    if (was?.start === shown?.start && was?.query === shown?.query && was?.kind === shown?.kind) return;
    this.#trigger = shown;
    this.#index = 0;
    if (shown?.kind === 'emoji') void this.#load();
  }

  async #load(): Promise<readonly Emoji[] | undefined> {
    // Without a connection, the next letter tries again.
    const groups = await loadEmoji().catch(() => undefined);
    this.#emoji ??= groups?.flat();
    return this.#emoji;
  }

  /** Replaces a shortcode whose closing colon was just typed. */
  async #replaceClosed(): Promise<void> {
    const read = () => closedShortcodeAt(this.#field.value, this.#field.selectionStart);
    if (!read() || !this.#field.matches(':focus')) return;
    const known = this.#emoji ?? (await this.#load());
    // More may have been typed meanwhile.
    const closed = read();
    const emoji = closed && byShortcode(known ?? [], closed.code);
    if (!emoji) return;
    this.#remember(emoji);
    this.#replace(closed.start, this.#field.selectionStart, this.#toned(emoji));
  }

  #replace(start: number, end: number, text: string): void {
    this.#replaced = this.#field.value.slice(start, end);
    replaceRange(this.#field, start, end, text);
  }

  /** Undoing a completion selects the replaced text, and further typing would delete it. */
  #collapse(): void {
    const { value, selectionStart, selectionEnd } = this.#field;
    if (value.slice(selectionStart, selectionEnd) !== this.#replaced) return;
    this.#field.setSelectionRange(selectionEnd, selectionEnd);
  }

  #toned({ emoji, hasTones }: Emoji): string {
    return hasTones ? withTone(emoji, this.#storage.load().tone) : emoji;
  }

  #remember({ emoji }: Emoji): void {
    const { tone, recent } = this.#storage.load();
    this.#storage.save({ tone, recent: withRecent(recent, emoji) });
  }

  #find(): readonly Option[] {
    const trigger = this.#trigger;
    if (!trigger) return [];
    const { kind, query } = trigger;
    if (kind === 'emoji') {
      return findByShortcode(this.#emoji ?? [], query)
        .slice(0, MAX_OPTIONS)
        .map((emoji): Option => {
          return {
            kind,
            id: emoji.emoji,
            text: this.#toned(emoji),
            emoji,
            code: bestShortcode(emoji, query),
          };
        });
    }
    const { users, isStaff } = this.#sources();
    const people = findPeople(users, this.#recent, query, MAX_OPTIONS).map((user): Option => {
      return { kind, id: user.id, text: `@${user.label}`, user };
    });
    const everyone: Option = { kind: EVERYONE, id: EVERYONE, text: `@${EVERYONE}` };
    return isStaff && EVERYONE.startsWith(folded(query))
      ? [...people.slice(0, MAX_OPTIONS - 1), everyone]
      : people;
  }

  #onkeydown(event: KeyboardEvent): void {
    const count = this.options.length;
    if (count === 0 || isComposing(event)) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const option = this.options[this.index];
    if (event.key === 'ArrowDown') this.#index = (this.index + 1) % count;
    else if (event.key === 'ArrowUp') this.#index = (this.index + count - 1) % count;
    else if (event.key === 'Escape') this.close();
    else if ((event.key === 'Enter' || event.key === 'Tab') && option) this.accept(option);
    else return;
    // Escape closes nothing else, and Enter does not send.
    event.preventDefault();
    event.stopPropagation();
  }
}
