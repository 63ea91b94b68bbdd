import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { Builder, Capabilities, Key, Origin, type WebDriver } from 'selenium-webdriver';
import { until, type Engine, type EnginePage, type Size } from './engine.ts';
import { endProgram, startProgram, within } from './processes.ts';

export interface WebKitPrograms {
  /** `WebKitWebDriver`. */
  driver: string;
  /** `Xvfb`, because the browser has no headless mode. */
  display: string;
}

/** Starts a screen for WebKitGTK. Each page has its own browser, because a driver has only one session. */
export async function webkitEngine(programs: WebKitPrograms): Promise<Engine> {
  const screen = startProgram(
    programs.display,
    ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'],
    { extraPipe: true },
  );
  const number = await firstLine(screen.stdio[3] as Readable);
  const open = new Set<EnginePage>();
  return {
    open: async (size) => {
      const page = await openPage(programs, `:${number}`, size);
      open.add(page);
      return page;
    },
    close: async () => {
      for (const page of open) await page.close();
      await endProgram(screen);
    },
  };
}

async function firstLine(stream: Readable): Promise<string> {
  const signal = AbortSignal.timeout(30_000);
  let text = '';
  while (!text.includes('\n')) text += String((await once(stream, 'data', { signal }))[0]);
  return text.trim();
}

async function openPage({ driver: path }: WebKitPrograms, display: string, size: Size): Promise<EnginePage> {
  const port = await freePort();
  const env = { ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', WEBKIT_DISABLE_DMABUF_RENDERER: '1' };
  const program = startProgram(path, ['--host=127.0.0.1', `--port=${port}`], { env });
  const server = `http://127.0.0.1:${port}`;
  try {
    await until('WebKitWebDriver', () =>
      fetch(`${server}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const driver = await new Builder()
      .usingServer(server)
      .withCapabilities(new Capabilities({ browserName: 'MiniBrowser' }))
      .build();
    await resize(driver, size);
    return pageOf(driver, async () => {
      await within(5_000, driver.quit());
      await endProgram(program);
    });
  } catch (error) {
    await endProgram(program);
    throw error;
  }
}

function pageOf(driver: WebDriver, close: () => Promise<void>): EnginePage {
  return {
    goto: (url) => driver.get(url),
    evaluate: (run, ...args) => driver.executeScript(`return (${run.toString()})(...arguments)`, ...args),
    clickAt: (x, y) =>
      driver.actions().move({ x, y, origin: Origin.VIEWPORT, duration: 0 }).click().perform(),
    type: (text) => driver.actions().sendKeys(text).perform(),
    press: async (key) => {
      const keys = key.split('+').map(keyOf);
      const actions = driver.actions();
      for (const key of keys) actions.keyDown(key);
      for (const key of keys.reverse()) actions.keyUp(key);
      await actions.perform();
    },
    resize: (size) => resize(driver, size),
    screenshot: async (file) => writeFile(file, await driver.takeScreenshot(), 'base64'),
    close,
  };
}

function keyOf(name: string): string {
  const key: unknown = Reflect.get(Key, name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase());
  return typeof key === 'string' ? key : name;
}

/** Gives the page a size; the window also has a toolbar. */
async function resize(driver: WebDriver, { width, height }: Size): Promise<void> {
  const inner = (): Promise<Size> =>
    driver.executeScript('return { width: innerWidth, height: innerHeight }');
  await until(`a page of ${width} x ${height}`, async () => {
    const [page, window] = [await inner(), await driver.manage().window().getRect()];
    if (page.width === width && page.height === height) return true;
    await driver
      .manage()
      .window()
      .setRect({
        x: 0,
        y: 0,
        width: window.width + width - page.width,
        height: window.height + height - page.height,
      });
    return false;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
