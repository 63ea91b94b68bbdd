/** `npm run screenshots`: takes the README's screenshots of a short conversation on a temporary host. */
import path from 'node:path';
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { failInOneLine, startHost, type StartedHost } from 'spacetimedb-host';
import { findBrowser } from '../tools/browser/find-browser.ts';
import { launch } from '../tools/browser/launch-browser.ts';
import { database } from '../tools/pages/site.ts';
import { Visitor, type Arrival } from '../tools/pages/visitor.ts';
import { SITE, buildSiteIfStale } from '../tools/build-site.ts';
import { ROOT } from '../tools/environment.ts';

const PICTURES = path.join(ROOT, 'web', 'screenshots');
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  locale: 'en-GB',
};

interface Room {
  readonly url: string;
  readonly host: StartedHost;
}

async function photograph({ page }: Visitor, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });
}

async function arrive(browser: Browser, room: Room, options: Arrival, name?: string): Promise<Visitor> {
  const visitor = await Visitor.arrive(browser, room, options);
  await visitor.connected();
  if (name !== undefined) await visitor.rename(name);
  return visitor;
}

async function openMenu(visitor: Visitor, text: string): Promise<Locator> {
  // Replies quote it below.
  const message = visitor.messagesWith(text).first();
  await message.hover();
  await message.getByRole('button', { name: 'More actions' }).click();
  return visitor.page.getByRole('menu');
}

async function reply(visitor: Visitor, to: string, text: string): Promise<void> {
  await (await openMenu(visitor, to)).getByRole('menuitem', { name: 'Reply' }).click();
  await visitor.page.getByText(/^Replying to/).waitFor();
  await visitor.write(text);
}

async function react(visitor: Visitor, to: string, emoji: string): Promise<void> {
  const menu = await openMenu(visitor, to);
  await menu.getByRole('menuitemcheckbox', { name: `React with ${emoji}` }).click();
  await visitor
    .messagesWith(to)
    .first()
    .getByRole('button', { name: new RegExp(`with ${emoji}: .*you$`) })
    .waitFor();
}

async function conversation(browser: Browser, room: Room): Promise<void> {
  const bob = await arrive(browser, room, { ...PHONE, colorScheme: 'dark' }, 'Bob');
  const cleo = await arrive(browser, room, { ...DESKTOP, colorScheme: 'dark' }, 'Cleo Müller');
  const ann = await arrive(browser, room, DESKTOP, 'Ann Lee');
  await ann.write('Good morning! Is the new build up?');
  await bob.write('Yes, since a minute ago. Open it in two browsers and you are two people.');
  await ann.write('It is. What is left to do:\n- the **reconnect** banner\n- a paragraph in the README');
  await reply(cleo, 'What is left to do', 'I take the README.');
  await bob.write(
    'Then the banner is mine. Restart the host while you are at it:\n```sh\nHOST=0.0.0.0 npm start\n```',
  );
  const dan = await arrive(browser, room, DESKTOP, 'Dan');
  await dan.leave();
  await react(ann, 'Yes, since a minute ago', '👍');
  await react(cleo, 'Yes, since a minute ago', '👍');
  await react(ann, 'I take the README', '🎉');
  const last = '@Bob Just did. Both pages came back by themselves.';
  await ann.write(last);
  await Promise.all([bob, cleo].map((visitor) => visitor.messagesWith(last).waitFor()));
  await photograph(ann, 'desktop-light');
  await photograph(cleo, 'desktop-dark');
  await photograph(bob, 'phone-dark');

  await ann.page.getByRole('button', { name: 'Settings' }).click();
  await ann.page.getByRole('dialog').waitFor();
  await photograph(ann, 'settings');
  await ann.page.keyboard.press('Escape');

  const newcomer = await arrive(browser, room, PHONE);
  await newcomer.messagesWith(last).waitFor();
  await photograph(newcomer, 'first-visit');
  await newcomer.leave();

  await bob.page.getByRole('button', { name: /^People/ }).tap();
  await bob.listed('Online', 'Ann Lee').waitFor();
  await photograph(bob, 'people');
  await bob.page.getByRole('button', { name: /^People/ }).tap();

  await cleo.page.context().setOffline(true);
  await cleo.page.getByRole('region', { name: 'Connection' }).waitFor();
  await cleo.messageField.fill('I will send this as soon as it is back.');
  await cleo.messageField.press('Enter');
  await cleo.page.getByText('Will send when you’re back online.').waitFor();
  await photograph(cleo, 'offline');
}

/** The owner stops someone who advertises; then the moderation log. */
async function moderation(browser: Browser, room: Room): Promise<void> {
  const owner = await arrive(browser, room, { ...DESKTOP, token: room.host.ownerToken }, 'Olga');
  await owner.write('Welcome! This is the place for questions about the new build.');
  const guest = await arrive(browser, room, DESKTOP, 'Ann Lee');
  await guest.write('Thank you. Where do I find what has changed?');
  await owner.write('In the README, at the end.');
  const seller = await arrive(browser, room, DESKTOP, 'Best Deals');
  const text = 'Cheap watches, only today! Write to me.';
  await seller.write(text);

  await (await openMenu(owner, text)).getByRole('menuitem', { name: 'Delete…' }).click();
  const confirm = owner.page.getByRole('dialog', { name: 'Delete this message?' });
  await confirm.getByRole('textbox', { name: 'Reason' }).fill('advertising');
  await confirm.getByRole('button', { name: 'Delete' }).click();
  await owner.messagesWith(text).waitFor({ state: 'detached' });

  await (await owner.openCard('Best Deals')).getByRole('button', { name: 'Moderate Best Deals' }).click();
  const form = owner.page.getByRole('form', { name: 'Mute Best Deals' });
  await form.getByRole('textbox', { name: 'Reason' }).fill('No advertising, please.');
  await form.getByRole('button', { name: 'Mute' }).click();
  await owner.page.getByText(/^Muted until/).waitFor();
  await owner.page.keyboard.press('Escape');

  await owner.page.getByRole('button', { name: 'Moderation' }).click();
  await owner.page.getByRole('dialog').waitFor();
  await photograph(owner, 'moderation');
}

async function inRoom(
  browser: Browser,
  photographer: (browser: Browser, room: Room) => Promise<void>,
): Promise<void> {
  const host = await startHost({
    module: path.join(ROOT, 'spacetimedb'),
    name: database,
    staticDir: SITE,
  });
  await photographer(browser, { url: host.uri, host });
  await host.stop();
}

try {
  await buildSiteIfStale();
  const browser = await launch(findBrowser().path);
  await inRoom(browser, conversation);
  await inRoom(browser, moderation);
  await browser.close();
} catch (error) {
  failInOneLine(error);
}
