/** Shares the read position with the reader's other devices, and counts mentions. */
import type { ChatFeatures, ChatMessage } from 'spacetimedb-stores/chat';
import { fromReadable } from 'spacetimedb-stores/svelte';
import { untrack } from 'svelte';
import type { Unread } from './unread.svelte.ts';

interface ReadStateOptions {
  readonly features: () => ChatFeatures | undefined;
  readonly unread: () => Unread;
  /** Oldest first. */
  readonly messages: () => readonly ChatMessage[];
}

/**
 * Call it while a component initialises.
 *
 * @returns how many of the unread messages mention the reader. Reactive; 0 if the server does not support mentions
 */
export function readState({ features, unread, messages }: ReadStateOptions): () => number {
  // The read position of other devices decides where new messages begin, so nothing is marked as read before it is
  // known.
  let isKnown = $state(false);
  $effect(() => {
    const read = features()?.readUntil;
    if (!read) return;
    const take = (): void => {
      if (!read.status.get().isReady) return;
      const until = read.get();
      if (until) untrack(() => unread().readElsewhere(until, messages()));
      isKnown = true;
    };
    const stops = [read.subscribe(take), read.status.subscribe(take)];
    return () => {
      for (const stop of stops) stop();
      isKnown = false;
    };
  });
  $effect(() => {
    const { seen } = unread();
    const known = isKnown ? features() : undefined;
    if (!known || !seen) return;
    const until = known.readUntil.get();
    if (!until || until < seen.sent) known.markRead(seen);
  });
  $effect(() => {
    const current = unread();
    return features()?.blocked.subscribe((blocked) => (current.blocked = blocked));
  });

  const mentions = $derived.by(() => {
    const known = features();
    if (!known) return 0;
    return unread().recent.filter((message) =>
      fromReadable(known.details(message)).current.mentions.some(({ isMe }) => isMe),
    ).length;
  });
  return () => mentions;
}
