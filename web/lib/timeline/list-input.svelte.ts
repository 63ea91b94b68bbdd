/** Mouse, touch and keys in the list of messages. One set of listeners serves all rows. */
import type { ChatMessage } from 'spacetimedb-stores/chat';
import type { Attachment } from 'svelte/attachments';
import { on } from 'svelte/events';
import { commandOf } from '../message-menu/keys.ts';
import type { MessageActions } from '../message-menu/message-actions.svelte.ts';
import { LongPress } from './long-press.ts';
import { articleOf, type MessageFocus } from './message-focus.svelte.ts';

export interface ListInputOptions {
  readonly focus: MessageFocus;
  readonly messages: () => readonly ChatMessage[];
  readonly actions: () => MessageActions | undefined;
  /** Whether letters act on the message with the focus. */
  readonly hasKeys: () => boolean;
}

export class ListInput {
  #hovered = $state<string>();
  readonly #options: ListInputOptions;
  readonly #longPress = new LongPress((target) => this.#openMenu(articleOf(target)));

  constructor(options: ListInputOptions) {
    this.#options = options;
  }

  /** Key of the message under the mouse. */
  get hovered(): string | undefined {
    return this.#hovered;
  }

  /** Attach this to the scroll container. */
  readonly listeners: Attachment<HTMLElement> = (view) => {
    const { focus } = this.#options;
    const press = this.#longPress;
    const stops = [
      on(view, 'pointerover', this.#onpointerover),
      on(view, 'pointerleave', () => (this.#hovered = undefined)),
      on(view, 'pointerdown', (event) => {
        focus.pointed();
        press.start(event);
      }),
      on(view, 'pointermove', press.move),
      on(view, 'pointerup', press.cancel),
      on(view, 'pointercancel', press.cancel),
      on(view, 'scroll', press.cancel),
      on(view, 'focusin', this.#onfocusin),
      on(view, 'focusout', ({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && view.contains(relatedTarget))) focus.left();
      }),
      on(view, 'keydown', (event) => this.#onkeydown(event, view)),
      on(view, 'contextmenu', this.#oncontextmenu),
    ];
    return () => {
      press.cancel();
      for (const stop of stops) stop();
    };
  };

  readonly #onpointerover = ({ target, pointerType }: PointerEvent): void => {
    // A finger does not hover.
    if (pointerType === 'touch') return;
    this.#hovered = articleOf(target)?.dataset['key'];
    if (this.#hovered !== undefined) this.#preload();
  };

  readonly #onfocusin = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    this.#options.focus.entered(target);
    if (this.#options.focus.key !== undefined) this.#preload();
  };

  #onkeydown(event: KeyboardEvent, view: HTMLElement): void {
    const { target } = event;
    const article = articleOf(target);
    // Buttons and links in messages have their own keys.
    if (event.defaultPrevented || (target !== article && target !== view)) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { focus, actions, hasKeys } = this.#options;
    const message = this.#messageOf(article);
    const command =
      message && focus.visibleKey !== undefined && actions() ? commandOf(event, hasKeys()) : undefined;
    if (article && message && command) {
      event.preventDefault();
      void actions()?.run(command, message, article);
    } else if (!event.shiftKey && focus.move(event)) event.preventDefault();
  }

  /** Touch and the keyboard's menu key open our menu; the mouse opens the browser's. */
  readonly #oncontextmenu = (event: MouseEvent): void => {
    if (!this.#options.actions()) return;
    const article = articleOf(event.target);
    const isByKey = article === event.target && this.#options.focus.visibleKey !== undefined;
    if (!isByKey && !this.#longPress.claims(event)) return;
    event.preventDefault();
    if (isByKey) this.#openMenu(article);
  };

  #openMenu(article: HTMLElement | undefined): void {
    const message = this.#messageOf(article);
    if (article && message) void this.#options.actions()?.open(message, article);
  }

  #messageOf(article: HTMLElement | undefined): ChatMessage | undefined {
    const key = article?.dataset['key'];
    return key === undefined
      ? undefined
      : this.#options.messages().findLast((message) => message.key === key);
  }

  #preload(): void {
    void this.#options.actions()?.load();
  }
}
