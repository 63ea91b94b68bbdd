/** Finds the browsers other than Chromium for the tests of all engines, or installs them. */
import { spawn } from 'node:child_process';
import { thisMachine, type Machine } from '../browser/find-browser.ts';
import type { WebKitPrograms } from './webkit-engine.ts';

export interface FoundEngines {
  /** Path of Firefox. */
  readonly firefox?: string;
  readonly webkit?: WebKitPrograms;
  /** One sentence for each engine that is missing, with what to install. */
  readonly missing: readonly string[];
}

/** What the search needs from the machine. Replaced in tests. */
export interface EngineMachine extends Omit<Machine, 'run' | 'downloadPath'> {
  /** Runs a command and shows its output. Returns whether it succeeded. */
  run: (command: string, args: string[]) => Promise<boolean>;
}

const PACKAGES = { firefox: ['firefox-esr'], webkit: ['webkit2gtk-driver', 'xvfb'] };

/**
 * Returns the installed engines. Installs Debian's packages of those that are missing, if packages may be installed and
 * the person at the terminal agrees. Without them, the tests of the engine are skipped.
 */
export async function findEngines(machine: EngineMachine = thisEngineMachine()): Promise<FoundEngines> {
  const found = installed(machine);
  if (found.firefox !== undefined && found.webkit) return found;
  const packages = [
    ...(found.firefox === undefined ? PACKAGES.firefox : []),
    ...(found.webkit ? [] : PACKAGES.webkit),
  ];
  const question = `Some engines are missing for the browser tests. Install Debian's packages ${packages.join(', ')}?`;
  if (!machine.mayInstall || !machine.agrees(question)) return found;
  await machine.run('apt-get', ['update', '-qq']);
  await machine.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  return installed(machine);
}

function installed(machine: EngineMachine): FoundEngines {
  const firefox = machine.env.FIREFOX_PATH || firstOf(machine, firefoxCandidates(machine));
  const driver = firstOf(machine, inPath(machine, 'WebKitWebDriver'));
  const display = firstOf(machine, inPath(machine, 'Xvfb'));
  const webkit = driver !== undefined && display !== undefined ? { driver, display } : undefined;
  return {
    ...(firefox !== undefined && { firefox }),
    ...(webkit && { webkit }),
    missing: [
      ...(firefox === undefined
        ? ['Firefox is not tested: install it (firefox-esr in Debian), or set FIREFOX_PATH.']
        : []),
      ...(webkit
        ? []
        : [
            'WebKit is not tested: install WebKitGTK’s driver and Xvfb (webkit2gtk-driver and xvfb in Debian).',
          ]),
    ],
  };
}

function firstOf(machine: EngineMachine, paths: readonly string[]): string | undefined {
  return paths.find((path) => machine.isExecutable(path));
}

function inPath({ env, platform }: EngineMachine, name: string): string[] {
  if (platform !== 'linux') return [];
  const folders = [...(env.PATH ?? '').split(':').filter(Boolean), '/usr/bin', '/usr/local/bin'];
  return folders.map((folder) => `${folder}/${name}`);
}

function firefoxCandidates(machine: EngineMachine): string[] {
  const { env, platform } = machine;
  if (platform === 'darwin') return ['/Applications/Firefox.app/Contents/MacOS/firefox'];
  if (platform === 'win32')
    return [`${env.PROGRAMFILES ?? 'C:\\Program Files'}\\Mozilla Firefox\\firefox.exe`];
  return ['firefox-esr', 'firefox'].flatMap((name) => inPath(machine, name));
}

function thisEngineMachine(): EngineMachine {
  return {
    ...thisMachine(),
    run: (command, args) =>
      new Promise((resolve) => {
        const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
        // Without these engines, only their tests are skipped, so a slow mirror must not delay all others.
        spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: 240_000 })
          .once('error', () => resolve(false))
          .once('exit', (code) => resolve(code === 0));
      }),
  };
}
