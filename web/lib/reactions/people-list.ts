import type { ChatUser } from 'spacetimedb-stores/chat';
import type { MessageTexts } from '../message-menu/texts/en.ts';

/** How many people are named; the others are counted. */
const MAX_NAMES = 10;
/** Longer names are cut. */
const MAX_LENGTH = 40;

/**
 * Lists people in words, the reader last: "Ann, Ben and you".
 *
 * @param you the word for the reader
 */
export function peopleList(
  people: readonly ChatUser[],
  texts: MessageTexts,
  you: string,
  locale?: string,
): string {
  const others = people.filter(({ isMe }) => !isMe);
  const names = others.slice(0, MAX_NAMES).map(({ label }) => [...label].slice(0, MAX_LENGTH).join(''));
  const left = others.length - names.length;
  if (left > 0) names.push(texts.others(String(left)));
  if (others.length < people.length) names.push(you);
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}
