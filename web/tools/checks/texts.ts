import type { Page } from 'playwright-core';

/** Returns every text of the page that a person reads or hears, without those that are hidden from everyone. */
export function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>([document.title]);
    const isShown = (element: Element | null): boolean =>
      element !== null && element.checkVisibility({ visibilityProperty: true });
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement, nodeValue } = walker.currentNode;
      if (isShown(parentElement)) found.add(nodeValue ?? '');
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      if (!isShown(element)) continue;
      for (const name of ['aria-label', 'title', 'placeholder']) found.add(element.getAttribute(name) ?? '');
    }
    return [...found].map((text) => text.trim()).filter((text) => text !== '');
  });
}
