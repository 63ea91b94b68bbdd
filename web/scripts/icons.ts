/** `npm run icons`: draws the icons of the web manifest and the link preview from the favicon. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { failInOneLine } from 'spacetimedb-host';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launch } from '../tools/browser/launch-browser.ts';
import { ROOT } from '../tools/environment.ts';

const STATIC = path.join(ROOT, 'web', 'static');

interface Picture {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** The drawing's share of the shorter side. */
  readonly share: number;
  /** Transparent if absent. */
  readonly background?: string;
}

const PICTURES: readonly Picture[] = [
  { file: 'icon-192.png', width: 192, height: 192, share: 1 },
  { file: 'icon-512.png', width: 512, height: 512, share: 1 },
  // Systems crop these two to their own shape, which keeps at least a circle of 80% of the width.
  { file: 'icon-maskable-512.png', width: 512, height: 512, share: 0.55, background: '#ffffff' },
  { file: 'apple-touch-icon.png', width: 180, height: 180, share: 0.66, background: '#ffffff' },
  { file: 'preview.png', width: 1200, height: 630, share: 0.5, background: '#eef5f1' },
];

async function draw(page: Page, svg: string, picture: Picture): Promise<void> {
  const { file, width, height, share, background } = picture;
  const size = Math.round(Math.min(width, height) * share);
  await page.setViewportSize({ width, height });
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${background ?? 'none'}">
      <img width="${size}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">
    </body>`,
  );
  const png = await page.screenshot({ omitBackground: true });
  await writeFile(path.join(STATIC, file), png);
}

try {
  const svg = await readFile(path.join(STATIC, 'favicon.svg'), 'utf8');
  const browser = await launch(findBrowser().path);
  const page = await browser.newPage();
  for (const picture of PICTURES) await draw(page, svg, picture);
  await browser.close();
} catch (error) {
  failInOneLine(error);
}
