import { expect, it, vi } from 'vitest';
import { findBrowser, type Machine } from './find-browser.ts';

/** A machine with the given executables; `installs` and `downloads` are added by its commands. */
function machine(files: string[], parts: Partial<Machine> & { installs?: string; downloads?: boolean } = {}) {
  const present = new Set(files);
  const run = vi.fn((command: string, args: string[]) => {
    if (command === 'apt-get') {
      if (args[0] !== 'install') return true;
      if (parts.installs) present.add(parts.installs);
      return parts.installs !== undefined;
    }
    if (parts.downloads) present.add('/cache/chromium');
    return parts.downloads === true;
  });
  return {
    env: { PATH: '/usr/local/bin:/usr/bin' },
    platform: 'linux' as NodeJS.Platform,
    mayInstall: false,
    agrees: () => true,
    isExecutable: (path: string) => present.has(path),
    run,
    downloadPath: () => '/cache/chromium',
    ...parts,
  };
}

it('prefers the browser in CHROME_PATH', () => {
  const here = machine(['/usr/bin/chromium', '/opt/mine'], { env: { CHROME_PATH: '/opt/mine' } });
  expect(findBrowser(here)).toEqual({ path: '/opt/mine', how: 'from CHROME_PATH' });
});

it('fails if CHROME_PATH is not executable, rather than use another browser', () => {
  const here = machine(['/usr/bin/chromium'], { env: { CHROME_PATH: '/opt/gone' } });
  expect(() => findBrowser(here)).toThrow('CHROME_PATH is /opt/gone, which is not an executable file.');
});

it.each<[NodeJS.Platform, string, Record<string, string>]>([
  ['linux', '/usr/bin/chromium', {}],
  ['linux', '/home/me/bin/google-chrome', { PATH: '/home/me/bin' }],
  ['linux', '/snap/bin/chromium', { PATH: '/usr/bin' }],
  ['linux', '/usr/bin/microsoft-edge', {}],
  ['darwin', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', { HOME: '/Users/me' }],
  ['darwin', '/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium', { HOME: '/Users/me' }],
  [
    'win32',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    { PROGRAMFILES: 'C:\\Program Files', 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' },
  ],
])('on %s finds %s', (platform, path, env) => {
  const here = machine([path], { platform, env });
  expect(findBrowser(here)).toEqual({ path, how: 'installed' });
  expect(here.run).not.toHaveBeenCalled();
});

it("installs Debian's package if permitted", () => {
  const here = machine([], { mayInstall: true, installs: '/usr/bin/chromium' });
  expect(findBrowser(here)).toEqual({ path: '/usr/bin/chromium', how: "Debian's package, just installed" });
});

it('does not install a package if the person at the terminal declines', () => {
  const agrees = vi.fn(() => false);
  const here = machine([], { mayInstall: true, agrees, installs: '/usr/bin/chromium', downloads: true });
  expect(findBrowser(here)).toEqual({ path: '/cache/chromium', how: 'just downloaded by Playwright' });
  expect(agrees).toHaveBeenCalledTimes(1);
  expect(here.run).not.toHaveBeenCalledWith('apt-get', expect.anything());
});

it("downloads Playwright's browser if the package cannot be installed", () => {
  const expected = { path: '/cache/chromium', how: 'just downloaded by Playwright' };
  expect(findBrowser(machine([], { downloads: true }))).toEqual(expected);
  expect(findBrowser(machine([], { mayInstall: true, downloads: true }))).toEqual(expected);
});

it('does not download the browser twice', () => {
  const here = machine(['/cache/chromium']);
  expect(findBrowser(here)).toEqual({ path: '/cache/chromium', how: 'downloaded by Playwright' });
  expect(here.run).not.toHaveBeenCalled();
});

it('fails with a one-line error if there is no browser', () => {
  expect(() => findBrowser(machine([], { mayInstall: true }))).toThrow(
    /^No browser for the browser tests: [^\n]+$/,
  );
});
