import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Embedder, scriptOf, type Embedded } from '../tools/pages/embedder.ts';
import { openContext } from '../tools/browser/traces.ts';
import { differingPixels } from '../tools/checks/compare-pictures.ts';
import { openSite, type Site } from '../tools/pages/site.ts';
import { FILLED_LOG, launchBrowser } from '../tools/pages/visitor.ts';

/** Styles that pages may apply to their elements. */
const hostile = {
  'takes all styles away': '* { all: unset }',
  'has a reset': `*, *::before, *::after { margin: 0; padding: 0; border: 0; box-sizing: content-box; font: inherit; vertical-align: baseline }
    ol, ul { list-style: square } button { all: unset } input, textarea { appearance: none; background: pink }`,
  'has huge fonts':
    'html { font-size: 40px } body { font: bold 50px/3 serif; letter-spacing: 0.3em; word-spacing: 1em }',
  'is inherited from in all ways': `body { color: red; text-align: right; text-transform: uppercase; text-indent: 3em; white-space: pre;
    cursor: crosshair; list-style: inside square; visibility: visible; text-shadow: 1px 1px red; font-variant: small-caps; quotes: none;
    border-collapse: collapse; hyphens: auto; line-break: anywhere; word-break: break-all; tab-size: 20; text-align-last: right }`,
  'is in Bootstrap': `:root { --bs-body-color: #f0f } *, ::after, ::before { box-sizing: border-box }
    body { margin: 0; font-family: system-ui; font-size: 1rem; line-height: 1.5; color: #212529; text-align: center }
    h2 { font-size: 2rem; margin-bottom: .5rem } p { margin-bottom: 1rem } label { display: inline-block } kbd { background: #000; color: #fff }
    .flex { display: inline !important } .panel { display: none } .launcher { opacity: 0 } .root { color: lime } .hidden { display: block !important }
    button:focus:not(:focus-visible) { outline: 0 } textarea { resize: vertical; width: 100% } a { color: #0d6efd }`,
  'is in Tailwind': `*, ::before, ::after, ::backdrop { --tw-border-style: dashed; --tw-shadow: 0 0 9px red; --tw-ring-color: red;
      --tw-translate-x: 50px; --tw-leading: 9; --tw-font-weight: 900; border-width: 0; border-style: solid; --spacing: 9px; --color-ink: red }
    html { line-height: 1.5 } .flex { display: grid } .grow { flex-grow: 0 } .truncate { white-space: normal } .bg-surface { background: red }`,
};

let site: Site;
let embedder: Embedder;
let browser: Browser;
let context: BrowserContext;
let script: string;
let canvas: Page;
beforeAll(async () => {
  [site, embedder, browser] = await Promise.all([openSite(), Embedder.open(), launchBrowser()]);
  context = await openContext(browser, { viewport: { width: 800, height: 700 } });
  canvas = await context.newPage();
  script = `<script type="module" src="${scriptOf(site)}"></script>`;
});
afterAll(async () => {
  await Promise.all([site?.close(), embedder?.close()]);
});

/** Returns the computed style of each element of the widget, and a screenshot. */
async function looks(mode: 'inline' | 'launcher', css = '', html?: string) {
  const host = await embedder.visit(
    context,
    `<div style="display: block; position: absolute; inset: 20px; width: 600px"><spacetimedb-chat lang="en" mode="${mode}" heading="Room"></spacetimedb-chat></div>${script}`,
    { head: `<style>${css}</style>`, ...(html !== undefined && { html }) },
  );
  if (mode === 'launcher') await host.launcher.click();
  await settled(host);
  const styles = await host.page.evaluate(() => {
    const root = document.querySelector('spacetimedb-chat')?.shadowRoot;
    // Custom properties of the page are inherited, but unused here.
    const keys = [...getComputedStyle(document.body)].filter((key) => !key.startsWith('--'));
    // As a text, because handing out hundreds of properties per element would take seconds.
    return [...(root?.querySelectorAll('*') ?? [])].map((element) => {
      const style = getComputedStyle(element);
      const lines = keys.map((key) => `${key}: ${style.getPropertyValue(key)}`);
      return `${element.localName}.${element.getAttribute('class') ?? ''}\n${lines.join('\n')}`;
    });
  });
  const picture = await host.page
    .locator('[part=panel]')
    .screenshot({ animations: 'disabled', caret: 'hide' });
  await host.page.close();
  return { styles, picture };
}

async function settled(host: Embedded): Promise<void> {
  await host.connected();
  await host.chat().getByText('Welcome!').waitFor();
  await host.chat().locator(FILLED_LOG).waitFor();
  await host.toolsLoaded();
  await host.page.evaluate(async () => {
    const root = document.querySelector('spacetimedb-chat')?.shadowRoot;
    await Promise.all((root?.getAnimations() ?? []).map((animation) => animation.finished.catch(() => {})));
  });
}

const clean = new Map<string, Promise<Awaited<ReturnType<typeof looks>>>>();
function cleanLooks(mode: 'inline' | 'launcher') {
  const known = clean.get(mode) ?? looks(mode);
  clean.set(mode, known);
  return known;
}

it.each(Object.entries(hostile))('the widget looks the same on a page that %s', async (_, css) => {
  for (const mode of ['inline', 'launcher'] as const) {
    const expected = await cleanLooks(mode);
    expect(expected.styles.length).toBeGreaterThan(40);
    expect(expected.styles[0]).toContain('\nfont-size: 16px');
    const { styles, picture } = await looks(mode, css);
    expect(styles).toHaveLength(expected.styles.length);
    for (const [index, element] of styles.entries()) expect(element).toEqual(expected.styles[index]);
    expect(await differingPixels(canvas, picture, expected.picture)).toBe(0);
  }
});

it('the widget has the text direction of its language, not that of the page', async () => {
  const expected = await cleanLooks('inline');
  const { picture } = await looks(
    'inline',
    'body { direction: rtl; unicode-bidi: bidi-override }',
    'dir="rtl"',
  );
  expect(await differingPixels(canvas, picture, expected.picture)).toBe(0);
});

it('the widget looks like the site', async () => {
  const page = await context.newPage();
  await page.setViewportSize({ width: 600, height: 512 });
  await page.goto(site.url);
  await page.getByText('Connected', { exact: true }).waitFor();
  await page.getByText('Welcome!').waitFor();
  await page.locator(FILLED_LOG).waitFor();
  // Only the site offers a link to itself.
  await page.getByRole('button', { name: 'Copy invite link' }).evaluate((button) => {
    button.nextElementSibling?.remove();
    button.remove();
  });
  // The site takes the focus, the widget leaves it to its page.
  await page.locator(':focus').waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.waitForFunction(() => document.getAnimations().length === 0);
  const shown = await page.evaluate(lookOf, null);
  await page.close();
  const host = await embedder.visit(
    context,
    `<div style="width: 602px; --chat-height: 514px"><spacetimedb-chat></spacetimedb-chat></div>${script}`,
  );
  await settled(host);
  const embedded = await host.page.evaluate(lookOf, 'spacetimedb-chat');
  await host.page.close();
  expect(embedded).toEqual(shown);
});

/** The style and relative position of the elements that site and widget share. */
function lookOf(host: string | null): unknown {
  const root = host === null ? document : (document.querySelector(host)?.shadowRoot as ShadowRoot);
  const form = root.querySelector('form[aria-label="Write a message"]') as Element;
  const origin = form.getBoundingClientRect();
  const keys = [
    ...[
      'color',
      'background-color',
      'font-size',
      'font-weight',
      'font-family',
      'line-height',
      'letter-spacing',
    ],
    ...[
      'padding',
      'margin',
      'border',
      'border-radius',
      'box-shadow',
      'outline',
      'opacity',
      'display',
      'cursor',
    ],
    ...['transform', 'translate', 'text-align', 'white-space', 'overflow', 'filter', 'background-image'],
  ];
  return (
    ['[role=log]', '[role=log] *', 'form[aria-label="Your name"] *', 'form[aria-label="Write a message"] *']
      .flatMap((selector) => [...root.querySelectorAll(selector)])
      // Content that the page may replace is inside a slot.
      .filter((element) => !element.querySelector('.m-auto') && !element.closest('.person'))
      .filter((element) => element.getClientRects().length > 0)
      .map((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        return {
          is: `${element.localName}.${element.getAttribute('class') ?? ''}`,
          box: [left - origin.left, top - origin.top, width, height].map(Math.round),
          ...Object.fromEntries(keys.map((key) => [key, style.getPropertyValue(key)])),
        };
      })
  );
}
