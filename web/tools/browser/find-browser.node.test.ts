import { expect, it, vi } from 'vitest';
import { findBrowser, type Machine } from './find-browser.ts';

/** A machine with the given executables; its commands add packages' executables, and the download. */
function machine(
  files: string[],
  parts: Partial<Machine> & { packages?: string[]; downloads?: boolean } = {},
) {
  const present = new Set(files);
  const run = vi.fn((command: string, args: string[]) => {
    if (command === 'apt-get') {
      if (args[0] !== 'install') return true;
      const name = args.at(-1) ?? '';
      if (!parts.packages?.includes(name)) return false;
      present.add(`/usr/bin/${name}`);
      return true;
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
  const here = machine(['/usr/bin/chromium', '/usr/bin/chromium-headless-shell', '/opt/mine'], {
    env: { CHROME_PATH: '/opt/mine' },
  });
  expect(findBrowser(here)).toEqual({ path: '/opt/mine', shell: '/opt/mine', how: 'from CHROME_PATH' });
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
  expect(findBrowser(here)).toEqual({ path, shell: path, how: 'installed' });
  expect(here.run).not.toHaveBeenCalled();
});

it('finds the headless shell beside the browser', () => {
  const here = machine(['/usr/bin/google-chrome', '/usr/bin/chromium-headless-shell']);
  expect(findBrowser(here)).toEqual({
    path: '/usr/bin/google-chrome',
    shell: '/usr/bin/chromium-headless-shell',
    how: 'installed',
  });
});

it.each([
  ['with the headless shell', ['chromium', 'chromium-headless-shell'], '/usr/bin/chromium-headless-shell'],
  ['of a release without the headless shell', ['chromium'], '/usr/bin/chromium'],
])("installs Debian's packages if permitted, %s", (_, packages, shell) => {
  const here = machine([], { mayInstall: true, packages });
  expect(findBrowser(here)).toEqual({
    path: '/usr/bin/chromium',
    shell,
    how: "Debian's packages, just installed",
  });
});

it('installs no package if the person at the terminal declines', () => {
  const agrees = vi.fn(() => false);
  const here = machine([], { mayInstall: true, agrees, packages: ['chromium'], downloads: true });
  expect(findBrowser(here)).toEqual({
    path: '/cache/chromium',
    shell: '/cache/chromium',
    how: 'just downloaded by Playwright',
  });
  expect(agrees).toHaveBeenCalledTimes(1);
  expect(here.run).not.toHaveBeenCalledWith('apt-get', expect.anything());
});

it("downloads Playwright's browser if the package cannot be installed", () => {
  const expected = {
    path: '/cache/chromium',
    shell: '/cache/chromium',
    how: 'just downloaded by Playwright',
  };
  expect(findBrowser(machine([], { downloads: true }))).toEqual(expected);
  expect(findBrowser(machine([], { mayInstall: true, downloads: true }))).toEqual(expected);
});

it('does not download the browser twice', () => {
  const here = machine(['/cache/chromium']);
  expect(findBrowser(here)).toEqual({
    path: '/cache/chromium',
    shell: '/cache/chromium',
    how: 'downloaded by Playwright',
  });
  expect(here.run).not.toHaveBeenCalled();
});

it('fails with a one-line error if there is no browser', () => {
  expect(() => findBrowser(machine([], { mayInstall: true }))).toThrow(
    /^No browser for the browser tests: [^\n]+$/,
  );
});
