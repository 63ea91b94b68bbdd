/** The title and icon of the browser tab. */

import { en } from '../i18n/en.ts';

/** Marks the icon while there are unread messages. The files are in `static/`. */
export function markIcon(unread: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"][type="image/svg+xml"]');
  const wanted = icon?.href.replace(/favicon(-unread)?\.svg/, unread ? 'favicon-unread.svg' : 'favicon.svg');
  if (icon && wanted !== undefined && icon.href !== wanted) icon.href = wanted;
}

/**
 * Returns the title with the number of unread messages: "(3) lobby".
 *
 * @param foreign host and port of the server, if it is not the site's own
 * @param t the texts of the reader's language; English by default
 */
export function tabTitle(room: string, unread: number, foreign?: string, t = en): string {
  const count = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : '';
  return `${count}${room}${foreign === undefined ? '' : ` · ${t.onServer(foreign)}`}`;
}
