/** Handles clicks on the service worker's notifications. */

/** The used part of a `WindowClient`. */
export interface OpenPage {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: { readonly open: string }): void;
}

/**
 * Opens the message that a notification was about: in the page at its address, or else in another open page, or else
 * in a new one.
 *
 * @param link address of the message; undefined to only bring a page to the front
 * @param pages the site's open pages
 * @param openNew opens a new page, at `link` if there is one
 */
export async function openFromNotification(
  link: string | undefined,
  pages: readonly OpenPage[],
  openNew: (link: string | undefined) => Promise<unknown>,
): Promise<void> {
  const page = pages.find(({ url }) => withoutHash(url) === withoutHash(link)) ?? pages[0];
  if (!page) {
    await openNew(link);
    return;
  }
  // Before the focus, which browsers may refuse.
  if (link !== undefined) page.postMessage({ open: link });
  await page.focus();
}

const withoutHash = (url: string | undefined): string | undefined => url?.split('#')[0];
