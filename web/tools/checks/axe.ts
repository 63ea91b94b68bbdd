import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * Runs axe on the current page, and ends its animations.
 *
 * @param rules `colours` on a page that was checked before and has changed only its colours
 * @param within selector of the part to check; the whole page by default
 * @returns one line per violation and element
 */
export async function violations(
  page: Page,
  { rules = 'all', within }: { rules?: 'all' | 'colours'; within?: string | undefined } = {},
): Promise<string[]> {
  const options: RunOptions = { runOnly: rules === 'all' ? ALL : COLOURS };
  await page.mouse.move(0, 0);
  // Check final colours: a change of the layout can start a transition at any time.
  await page.evaluate(() => {
    const still = new CSSStyleSheet();
    still.replaceSync('*, ::before, ::after { transition: none !important; animation: none !important }');
    const stop = (root: Document | ShadowRoot): void => {
      root.adoptedStyleSheets.push(still);
      for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) stop(shadowRoot);
    };
    stop(document);
  });
  // A page that is checked several times keeps the library.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await source);
  const { violations } = await page.evaluate(
    ([part, options]) => {
      const { axe } = window as unknown as {
        axe: { run(part: string | Document, options: RunOptions): Promise<AxeResults> };
      };
      return axe.run(part ?? document, options);
    },
    [within, options] as const,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}
