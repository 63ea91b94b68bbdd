import type { Page } from 'playwright-core';

/**
 * What of the page can be seen and is wholly or partly beyond its left or right edge, where nobody can scroll to: a
 * line for each element, empty when all is well.
 */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth } = document.documentElement;
    return [...document.body.querySelectorAll('*')].flatMap((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      // What only a screen reader reads has a pixel of its own, somewhere.
      if (width <= 1 || !element.checkVisibility({ visibilityProperty: true })) return [];
      if (left >= -1 && right <= clientWidth + 1) return [];
      const text = element.textContent.trim().slice(0, 30);
      return `${element.localName}, ${Math.round(left)} to ${Math.round(right)} of ${clientWidth}: ${text}`;
    });
  });
}
