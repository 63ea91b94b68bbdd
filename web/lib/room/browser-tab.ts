/** The title, the icon and the badge of the browser tab or the installed app. */

import { en } from '../i18n/en.ts';

/** Marks the icon while there are unread messages. The files are in `static/`. */
export function markIcon(unread: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"][type="image/svg+xml"]');
  const wanted = icon?.href.replace(/favicon(-unread)?\.svg/, unread ? 'favicon-unread.svg' : 'favicon.svg');
  if (icon && wanted !== undefined && icon.href !== wanted) icon.href = wanted;
}

/**
 * Shows on the icon of the installed app how many messages mention the reader, or a dot if others are unread. Does
 * nothing if the browser does not support it.
 */
export function markApp(unread: number, mentions: number): void {
  // A browser may refuse, as in a private window. Then there is no badge.
  if (unread === 0) navigator.clearAppBadge?.().catch(() => {});
  else navigator.setAppBadge?.(mentions > 0 ? mentions : undefined).catch(() => {});
}

/**
 * Returns the title with the number of unread messages, or of those among them that mention the reader: "(3) lobby",
 * "(@1) lobby".
 *
 * @param mentions how many of the unread messages mention the reader
 * @param foreign host and port of the server, if it is not the site's own
 * @param t the texts of the reader's language; English by default
 */
export function tabTitle(room: string, unread: number, mentions: number, foreign?: string, t = en): string {
  const atMost = (count: number): string => (count > 99 ? '99+' : String(count));
  const count = mentions > 0 ? `(@${atMost(mentions)}) ` : unread > 0 ? `(${atMost(unread)}) ` : '';
  return `${count}${room}${foreign === undefined ? '' : ` · ${t.onServer(foreign)}`}`;
}
