import type { Page } from 'playwright-core';

/**
 * Finds elements that extend beyond the left or right edge of the page. Scroll sizes alone would miss clipped ones.
 *
 * @returns one line per element, one if the page scrolls sideways, and one if it scrolls down: only parts of it may
 */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth, scrollHeight } = document.documentElement;
    const outside = [...document.body.querySelectorAll('*')].flatMap((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      // Long names in texts that only screen readers get.
      if (element.parentElement?.closest('.sr-only')) return [];
      // SvelteKit's announcer is one pixel outside.
      if (width <= 1 || !element.checkVisibility() || (left >= 0 && right <= clientWidth)) return [];
      const text = element.textContent.trim().slice(0, 30);
      return `${element.localName}, ${left} to ${right} of ${clientWidth}: ${text}`;
    });
    if (scrollWidth > innerWidth) outside.push(`the page, ${scrollWidth} of ${innerWidth}`);
    if (scrollHeight > innerHeight) outside.push(`the page, ${scrollHeight} of ${innerHeight} in height`);
    return outside;
  });
}
