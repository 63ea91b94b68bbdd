import type { Page } from 'playwright-core';

/**
 * What of the page is wholly or partly beyond its left or right edge: a line for each element, and for the page where it
 * can be scrolled sideways; empty when all is well. The page alone says nothing of what is too wide and clipped.
 */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const outside = [...document.body.querySelectorAll('*')].flatMap((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      // SvelteKit has a pixel for screen readers just outside.
      if (width <= 1 || !element.checkVisibility() || (left >= 0 && right <= clientWidth)) return [];
      const text = element.textContent.trim().slice(0, 30);
      return `${element.localName}, ${left} to ${right} of ${clientWidth}: ${text}`;
    });
    return scrollWidth > innerWidth ? [...outside, `the page, ${scrollWidth} of ${innerWidth}`] : outside;
  });
}
