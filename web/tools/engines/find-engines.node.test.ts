import { expect, it, vi } from 'vitest';
import { findEngines, type EngineMachine } from './find-engines.ts';

const debian: Record<string, string[]> = {
  'firefox-esr': ['/usr/bin/firefox-esr'],
  'webkit2gtk-driver': ['/usr/bin/WebKitWebDriver'],
  xvfb: ['/usr/bin/Xvfb'],
};
const all = Object.values(debian).flat();
const webkit = { driver: '/usr/bin/WebKitWebDriver', display: '/usr/bin/Xvfb' };

/** A machine with the given executables, where `apt-get install` works. */
function machine(files: string[], parts: Partial<EngineMachine> = {}) {
  const present = new Set(files);
  const run = vi.fn((_: string, args: string[]) => {
    for (const word of args) for (const file of debian[word] ?? []) present.add(file);
    return Promise.resolve(true);
  });
  return {
    env: { PATH: '/usr/local/bin:/usr/bin' },
    platform: 'linux' as NodeJS.Platform,
    mayInstall: false,
    agrees: () => true,
    isExecutable: (path: string) => present.has(path),
    run,
    ...parts,
  };
}

it('finds installed engines and installs nothing', async () => {
  const here = machine(all, { mayInstall: true });
  expect(await findEngines(here)).toEqual({ firefox: '/usr/bin/firefox-esr', webkit, missing: [] });
  expect(here.run).not.toHaveBeenCalled();
});

it.each<[NodeJS.Platform, string, Record<string, string>]>([
  ['linux', '/opt/firefox/firefox', { PATH: '/opt/firefox' }],
  ['darwin', '/Applications/Firefox.app/Contents/MacOS/firefox', {}],
  ['win32', 'C:\\Programs\\Mozilla Firefox\\firefox.exe', { PROGRAMFILES: 'C:\\Programs' }],
])('on %s finds Firefox as %s', async (platform, path, env) => {
  expect(await findEngines(machine([path], { platform, env }))).toMatchObject({ firefox: path });
});

it('prefers the Firefox in FIREFOX_PATH', async () => {
  const env = { FIREFOX_PATH: '/opt/mine' };
  expect(await findEngines(machine(all, { env }))).toMatchObject({ firefox: '/opt/mine' });
});

it("installs Debian's packages of missing engines if permitted", async () => {
  const here = machine(['/usr/bin/firefox-esr', '/usr/bin/Xvfb'], { mayInstall: true });
  expect(await findEngines(here)).toMatchObject({ webkit, missing: [] });
  expect(here.run).toHaveBeenLastCalledWith('apt-get', expect.not.arrayContaining(['firefox-esr']));
});

it.each([
  ['packages may not be installed', { mayInstall: false }],
  ['the person at the terminal declines', { mayInstall: true, agrees: () => false }],
])('says what to install if %s', async (_, parts) => {
  const here = machine([], parts);
  expect(await findEngines(here)).toEqual({
    missing: [expect.stringContaining('firefox-esr'), expect.stringContaining('webkit2gtk-driver')],
  });
  expect(here.run).not.toHaveBeenCalled();
});

it('names missing engines if the packages cannot be installed', async () => {
  const here = machine([], { mayInstall: true, run: () => Promise.resolve(false) });
  expect((await findEngines(here)).missing).toHaveLength(2);
});
