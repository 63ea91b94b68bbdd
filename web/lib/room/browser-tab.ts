/** What the browser's tab shows of the page. */

/** Marks the icon while there is something unread; the files stand beside the page. */
export function markIcon(unread: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"][type="image/svg+xml"]');
  const wanted = icon?.href.replace(/favicon(-unread)?\.svg/, unread ? 'favicon-unread.svg' : 'favicon.svg');
  if (icon && wanted !== undefined && icon.href !== wanted) icon.href = wanted;
}

/**
 * The title, with how many messages are unread: "(3) lobby · chat".
 *
 * @param foreign the server's host, when it is another one than the page's own
 */
export function tabTitle(room: string, unread: number, foreign?: string): string {
  const count = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ` : '';
  return `${count}${room} · ${foreign === undefined ? 'chat' : `on ${foreign}`}`;
}
