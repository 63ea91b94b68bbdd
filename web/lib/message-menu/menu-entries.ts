import type { ChatMessage } from 'spacetimedb-stores/chat';
import { durationText } from '../i18n/translate.ts';
import type { MessageTools } from './message-tools.svelte.ts';

/** A command in the menu of a message. */
export interface MenuEntry {
  readonly label: string;
  /** The key that does the same without the menu. */
  readonly key?: string;
  /** Why it cannot be chosen now. */
  readonly reason?: string;
  readonly isDangerous?: boolean;
  /** @param near an element beside which a field can have the focus */
  readonly run: (near: HTMLElement) => void;
}

/** Returns the groups of commands that the reader has for a message. */
export function menuEntries(tools: MessageTools, message: ChatMessage): MenuEntry[][] {
  return [
    forConversation(tools, message),
    forCopying(tools, message),
    forStaff(tools, message),
    forSafety(tools, message),
  ].filter((group) => group.length > 0);
}

function forConversation(tools: MessageTools, message: ChatMessage): MenuEntry[] {
  const { features, texts: m } = tools;
  if (!features || !message.row) return [];
  const entries: MenuEntry[] = [{ label: m.reply, key: 'R', run: () => tools.host.reply(message) }];
  const limit = tools.editLimitOf(message);
  if (message.mine && features.canEdit(message)) {
    entries.push({ label: m.edit, key: 'E', run: () => tools.edit(message) });
  } else if (message.mine && limit !== undefined) {
    const duration = durationText(Math.round(limit / 60_000), 'minute', tools.host.strings.locale);
    entries.push({ label: m.edit, reason: m.editTooLate(duration), run: () => {} });
  }
  return entries;
}

function forCopying(tools: MessageTools, message: ChatMessage): MenuEntry[] {
  const { texts: m, host } = tools;
  const copied = host.strings.copied;
  const entries: MenuEntry[] = [
    { label: m.copyText, run: (near) => void tools.copy(message.text, near, copied) },
  ];
  const link = tools.linkTo(message);
  if (link !== undefined) {
    entries.push({ label: m.copyLink, run: (near) => void tools.copy(link, near, m.linkCopied) });
  }
  if (tools.detailsOf(message)?.reactions.length) {
    entries.push({ label: m.whoReacted, run: () => (tools.dialog = { kind: 'reactions', message }) });
  }
  return entries;
}

function forStaff(tools: MessageTools, message: ChatMessage): MenuEntry[] {
  const { features, texts: m } = tools;
  if (!features || !tools.isStaff || !message.row) return [];
  const details = tools.detailsOf(message);
  const pin = details?.isPinned
    ? { label: m.unpin, run: () => tools.attempt(features.unpin(message)) }
    : { label: m.pin, run: () => tools.attempt(features.pin(message)) };
  if (!details?.editedAt) return [pin];
  return [pin, { label: m.history, run: () => (tools.dialog = { kind: 'history', message }) }];
}

function forSafety(tools: MessageTools, message: ChatMessage): MenuEntry[] {
  const { features, texts: m, host } = tools;
  const { author, mine } = message;
  const entries: MenuEntry[] = [];
  if (features && message.row && !mine) {
    entries.push({ label: m.report, run: () => (tools.dialog = { kind: 'report', message }) });
  }
  if (features && !mine) {
    entries.push(
      tools.isBlocked(author)
        ? { label: m.unblock(author.label), run: () => tools.unblock(author) }
        : { label: m.block(author.label), run: () => tools.block(author) },
    );
  }
  if (message.row && host.moderation?.canModerate(author)) {
    entries.push({ label: m.muteOrBan, run: () => host.moderation?.moderate(author) });
  }
  if (message.row && ((features && mine) || host.moderation)) {
    entries.push({
      label: features && mine ? m.delete : m.deleteForAll,
      key: 'Delete',
      isDangerous: true,
      run: () => tools.delete(message),
    });
  }
  return entries;
}
