import type { Locator } from 'playwright-core';
import { vi } from 'vitest';

/**
 * Opens the menu of a message with the mouse, on a page in English. Tries again if the message moves away under it: the
 * list ignores the mouse while it scrolls.
 *
 * @param row the message
 * @returns the open menu
 */
export async function openMessageMenu(row: Locator): Promise<Locator> {
  const page = row.page();
  const menu = page.getByRole('menu');
  await vi.waitFor(async () => {
    await page.mouse.move(0, 0);
    await row.hover();
    await row.getByRole('button', { name: 'More actions' }).click({ timeout: 3_000 });
    await menu.waitFor({ timeout: 10_000 });
  }, 60_000);
  return menu;
}
