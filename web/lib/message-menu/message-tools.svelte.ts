/** The tools for messages: their state, and the components that the room renders. */
import { NotConnectedError, ReducerError, UnknownOutcomeError } from 'spacetimedb-stores';
import type {
  ChatFeatures,
  ChatMessage,
  ChatUser,
  MessageDetails,
  Quote as QuotedMessage,
} from 'spacetimedb-stores/chat';
import { fromReadable } from 'spacetimedb-stores/svelte';
import type EmojiPicker from '../emoji/EmojiPicker.svelte';
import Footer from '../reactions/MessageFooter.svelte';
import { failureText } from '../ui/failure-text.ts';
import { copyText } from '../ui/copy.ts';
import EditMarks from './EditMarks.svelte';
import HiddenMessage from './HiddenMessage.svelte';
import type { MessageCommand } from './keys.ts';
import Layer from './MessageLayer.svelte';
import type { MessageHost } from './message-actions.svelte.ts';
import MessageToolbar from './MessageToolbar.svelte';
import Quote from './Quote.svelte';
import { loadMessageTexts, messageTexts } from './texts/message-texts.ts';
import type { MessageTexts } from './texts/en.ts';

export interface OpenMenu {
  readonly message: ChatMessage;
  readonly anchor: HTMLElement;
}

export interface MessageDialog {
  readonly kind: 'delete' | 'report' | 'history' | 'reactions';
  readonly message: ChatMessage;
}

/** A short text above the message field. */
export interface Notice {
  readonly text: string;
  readonly isProblem?: boolean;
  /** Undoes the action of the notice. */
  readonly undo?: () => void;
}

/** Six reactions that suit most messages. */
export const quickReactions = ['👍', '❤️', '😂', '🎉', '😮', '😢'] as const;

export class MessageTools {
  readonly Toolbar = MessageToolbar;
  readonly Quote = Quote;
  readonly Footer = Footer;
  readonly Marks = EditMarks;
  readonly HiddenMessage = HiddenMessage;
  readonly Layer = Layer;
  readonly host: MessageHost;
  menu = $state.raw<OpenMenu>();
  /** The message that gets a reaction, and the picker. */
  picker = $state.raw<OpenMenu & { readonly Picker: typeof EmojiPicker }>();
  dialog = $state.raw<MessageDialog>();
  notice = $state.raw<Notice>();
  /** Texts for screen readers, to be read out once. */
  announce: (text: string) => void = () => {};
  /** The reaction that was used last. */
  lastReaction = $state<string>(quickReactions[0]);
  /** Keys of messages by blocked people that the reader has opened. */
  #opened = $state.raw<readonly string[]>([]);

  constructor(host: MessageHost) {
    this.host = host;
  }

  get features(): ChatFeatures | undefined {
    return this.host.session.features;
  }

  get texts(): MessageTexts {
    return messageTexts(this.host.strings);
  }

  /** Whether the reader owns or moderates the room. */
  get isStaff(): boolean {
    const { roles, me } = this.host.session;
    return me !== undefined && roles.has(me.id);
  }

  readonly #blocked = $derived.by(() => this.features && fromReadable(this.features.blocked));

  isBlocked({ id }: ChatUser): boolean {
    return this.#blocked?.current.has(id) ?? false;
  }

  /** Whether a message is hidden behind a line. */
  isHidden({ author, key }: ChatMessage): boolean {
    return this.isBlocked(author) && !this.#opened.includes(key);
  }

  show({ key }: ChatMessage): void {
    this.#opened = [...this.#opened, key];
  }

  /** The current details of a message. */
  detailsOf(message: ChatMessage): MessageDetails | undefined {
    return this.features?.details(message).get();
  }

  /** The quote of a message that the server has. */
  quoteOf(message: ChatMessage): QuotedMessage | undefined {
    const { author, sent, text } = message;
    const id = this.features?.idOf(message);
    return id === undefined ? undefined : { author, sent, text, id, status: 'ready' };
  }

  /** What to read out when a message arrives, if not just its text. */
  announcementOf(message: ChatMessage): string | undefined {
    if (!message.row || !this.detailsOf(message)?.replyTo?.author.isMe) return undefined;
    return this.texts.repliedToYou(message.author.label, message.text);
  }

  openMenu(message: ChatMessage, anchor: HTMLElement): void {
    this.picker = undefined;
    this.menu = { message, anchor };
  }

  async openPicker(message: ChatMessage, anchor: HTMLElement): Promise<void> {
    this.menu = undefined;
    try {
      const { default: Picker } = await import('../emoji/EmojiPicker.svelte');
      this.picker = { message, anchor, Picker };
    } catch {
      this.notice = { text: this.host.strings.panelFailed, isProblem: true };
    }
  }

  /** Key of the message whose menu or picker is open. */
  get openKey(): string | undefined {
    return (this.menu ?? this.picker)?.message.key;
  }

  /** Runs the command of a key for the focused message. */
  run(command: MessageCommand, message: ChatMessage, anchor: HTMLElement): void {
    if (command === 'menu') return this.openMenu(message, anchor);
    if (!message.row) return;
    if (command === 'delete') return this.delete(message);
    if (!this.features) return;
    if (command === 'reply') this.host.reply(message);
    if (command === 'react') void this.openPicker(message, anchor);
    if (command === 'edit') this.edit(message);
  }

  react(message: ChatMessage, emoji: string): void {
    const { features } = this;
    if (!features) return;
    this.lastReaction = emoji;
    this.attempt(features.toggleReaction(message, emoji));
  }

  /** Why a message of the reader's can no longer be edited, in milliseconds after sending; undefined if it can be. */
  editLimitOf(message: ChatMessage): number | undefined {
    const limit = this.features?.editLimitMs.get();
    return limit !== undefined && Date.now() - message.sent.getTime() > limit ? limit : undefined;
  }

  edit(message: ChatMessage): void {
    if (this.features?.canEdit(message)) this.host.edit(message);
  }

  /** Asks whether to delete a message of the reader's or, for moderators, of others. */
  delete(message: ChatMessage): void {
    if (message.mine && this.features) this.dialog = { kind: 'delete', message };
    else this.host.moderation?.deleteMessage(message);
  }

  block(user: ChatUser): void {
    const { features, texts } = this;
    if (!features) return;
    this.attempt(features.block(user), {
      text: texts.blocked(user.label),
      undo: () => this.unblock(user),
    });
  }

  unblock(user: ChatUser): void {
    const { features, texts } = this;
    if (features) this.attempt(features.unblock(user), { text: texts.unblocked(user.label) });
  }

  /** The link to a message, where messages have one. */
  linkTo(message: ChatMessage): string | undefined {
    const id = this.features?.idOf(message);
    const { pageLink } = this.host;
    return id === undefined || pageLink === undefined ? undefined : `${pageLink}#m=${id}`;
  }

  async copy(text: string, near: Element, done: string): Promise<void> {
    const isCopied = await copyText(text, near);
    this.notice = isCopied ? { text: done } : { text: this.host.strings.notCopied, isProblem: true };
  }

  /** Shows the message that a quote is from. */
  async showQuoted(id: string): Promise<void> {
    try {
      if (!(await this.host.show(id))) this.notice = { text: this.texts.notFound, isProblem: true };
    } catch {
      this.notice = { text: this.texts.notLoaded, isProblem: true };
    }
  }

  /** Shows a notice when an action has succeeded, or why it was refused. The stores undo optimistic changes. */
  attempt(action: Promise<void>, done?: Notice): void {
    action.then(
      () => {
        if (done) this.notice = done;
      },
      (error: unknown) => {
        const isKnown =
          error instanceof ReducerError ||
          error instanceof NotConnectedError ||
          error instanceof UnknownOutcomeError;
        this.notice = {
          text: failureText(isKnown ? error : undefined, this.host.strings),
          isProblem: true,
        };
      },
    );
  }
}

/** Loads the texts and creates the tools. */
export async function openTools(host: MessageHost): Promise<MessageTools> {
  await loadMessageTexts(host.strings);
  return new MessageTools(host);
}
