/** Finds a browser that the tests can drive, or gets one. */
import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

export interface FoundBrowser {
  /** Of the executable. */
  path: string;
  /** Where it came from, for the person who runs the tests. */
  how: string;
}

/** What the search asks of the machine; tests give another. */
export interface Machine {
  env: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  /** Whether packages can be installed: root on a Debian. */
  mayInstall: boolean;
  /** Asks the person at the terminal, if there is one. Where there is none, as in CI or a container, the answer is yes. */
  agrees: (question: string) => boolean;
  /** Whether there is an executable file at `path`. */
  isExecutable: (path: string) => boolean;
  /** Runs a command, showing what it says. Whether it succeeded. */
  run: (command: string, args: string[]) => boolean;
  /** Where Playwright puts the browser that it downloads. */
  downloadPath: () => string;
}

/**
 * The browser in `CHROME_PATH`; else an installed Chrome, Chromium or Edge; else Debian's package, where it may be
 * installed and the person at the terminal agrees; else Playwright's own download.
 *
 * @throws Error of one line when there is none
 */
export function findBrowser(machine: Machine = thisMachine()): FoundBrowser {
  const { env, isExecutable, run } = machine;
  const chosen = env.CHROME_PATH;
  if (chosen) {
    if (isExecutable(chosen)) return { path: chosen, how: 'from CHROME_PATH' };
    throw new Error(
      `No browser for the browser tests: CHROME_PATH is ${chosen}, which is no executable file.`,
    );
  }
  const installed = installedBrowser(machine);
  if (installed) return { path: installed, how: 'installed' };
  const question =
    "There is no browser for the browser tests. Install Debian's package chromium on this machine?";
  if (machine.mayInstall && machine.agrees(question)) {
    run('apt-get', ['update', '-qq']);
    const packaged = run('apt-get', ['install', '-y', '-qq', 'chromium']) && installedBrowser(machine);
    if (packaged) return { path: packaged, how: "Debian's package, just installed" };
  }
  if (isExecutable(machine.downloadPath()))
    return { path: machine.downloadPath(), how: 'downloaded by Playwright' };
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core')), 'cli.js');
  if (run(process.execPath, [cli, 'install', 'chromium']) && isExecutable(machine.downloadPath())) {
    return { path: machine.downloadPath(), how: 'just downloaded by Playwright' };
  }
  throw new Error(
    'No browser for the browser tests: install Chrome, Chromium or Edge, or set CHROME_PATH to one; none was found, and none could be downloaded.',
  );
}

function installedBrowser(machine: Machine): string | undefined {
  return candidates(machine).find((path) => machine.isExecutable(path));
}

function candidates({ env, platform }: Machine): string[] {
  if (platform === 'darwin') {
    const apps = ['/Applications', env.HOME && `${env.HOME}/Applications`].filter(
      (folder) => folder !== undefined,
    );
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return names.flatMap((name) => apps.map((folder) => `${folder}/${name}.app/Contents/MacOS/${name}`));
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (folder) => folder !== undefined,
    );
    const programs = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    return programs.flatMap((program) => folders.map((folder) => `${folder}\\${program}`));
  }
  const names = [
    'google-chrome',
    'google-chrome-stable',
    'chromium',
    'chromium-browser',
    'microsoft-edge',
    'microsoft-edge-stable',
  ];
  const folders = [
    ...(env.PATH ?? '').split(':'),
    '/usr/bin',
    '/usr/local/bin',
    '/snap/bin',
    '/opt/google/chrome',
  ];
  return names.flatMap((name) => folders.filter(Boolean).map((folder) => `${folder}/${name}`));
}

/** Only “y” and “yes” are a yes. */
function askAtTerminal(question: string): boolean {
  if (process.env.CI || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  process.stderr.write(`${question} [y/N] `);
  // Not from standard input, which the test runner reads.
  const terminal = openSync('/dev/tty', 'r');
  try {
    const answer = Buffer.alloc(100);
    const length = readSync(terminal, answer);
    return /^y(?:es)?$/i.test(answer.toString('utf8', 0, length).trim());
  } finally {
    closeSync(terminal);
  }
}

function thisMachine(): Machine {
  return {
    env: process.env,
    platform: process.platform,
    mayInstall: process.getuid?.() === 0 && existsSync('/etc/debian_version'),
    agrees: askAtTerminal,
    isExecutable: (path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    run: (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0,
    downloadPath: () => chromium.executablePath(),
  };
}
