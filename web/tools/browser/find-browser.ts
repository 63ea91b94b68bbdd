/** Finds a browser for the tests, or installs one. */
import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

export interface FoundBrowser {
  path: string;
  /**
   * Chromium's headless shell, or else `path`. The shell has no windows, notifications or profiles, and opens a page in
   * two thirds of the time.
   */
  shell: string;
  /** Where it comes from, for the person who runs the tests. */
  how: string;
}

/** What the search needs from the machine. Replaced in tests. */
export interface Machine {
  env: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  /** Whether packages can be installed: root on Debian. */
  mayInstall: boolean;
  /** Asks the person at the terminal. Without a terminal, as in CI or a container, the answer is yes. */
  agrees: (question: string) => boolean;
  isExecutable: (path: string) => boolean;
  /** Runs a command and shows its output. Returns whether it succeeded. */
  run: (command: string, args: string[]) => boolean;
  /** Where Playwright downloads its browser to. */
  downloadPath: () => string;
}

/**
 * Returns the browser in `CHROME_PATH`; otherwise an installed Chrome, Chromium or Edge; otherwise Debian's
 * package, if it may be installed and the person at the terminal agrees; otherwise Playwright's download.
 *
 * @throws {Error} with a one-line message if there is none
 */
export function findBrowser(machine: Machine = thisMachine()): FoundBrowser {
  const { env, isExecutable, run } = machine;
  const chosen = env.CHROME_PATH;
  if (chosen) {
    if (isExecutable(chosen)) return { path: chosen, shell: chosen, how: 'from CHROME_PATH' };
    throw new Error(
      `No browser for the browser tests: CHROME_PATH is ${chosen}, which is not an executable file.`,
    );
  }
  const installed = installedBrowser(machine);
  if (installed) return { ...installed, how: 'installed' };
  const question = "There is no browser for the browser tests. Install Debian's chromium packages?";
  if (machine.mayInstall && machine.agrees(question)) {
    const install = (name: string): boolean => run('apt-get', ['install', '-y', '-qq', name]);
    run('apt-get', ['update', '-qq']);
    // Not every release has the shell.
    if (install('chromium')) install('chromium-headless-shell');
    const packaged = installedBrowser(machine);
    if (packaged) return { ...packaged, how: "Debian's packages, just installed" };
  }
  const path = machine.downloadPath();
  if (isExecutable(path)) return { path, shell: path, how: 'downloaded by Playwright' };
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core')), 'cli.js');
  if (run(process.execPath, [cli, 'install', 'chromium']) && isExecutable(path)) {
    return { path, shell: path, how: 'just downloaded by Playwright' };
  }
  throw new Error(
    'No browser for the browser tests: none was found, and the download failed. Install Chrome, Chromium or Edge, or set CHROME_PATH.',
  );
}

function installedBrowser(machine: Machine): Omit<FoundBrowser, 'how'> | undefined {
  const isExecutable = (path: string): boolean => machine.isExecutable(path);
  const path = candidates(machine).find(isExecutable);
  return path === undefined ? undefined : { path, shell: shells(machine).find(isExecutable) ?? path };
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
  return onLinux(env, [
    'google-chrome',
    'google-chrome-stable',
    'chromium',
    'chromium-browser',
    'microsoft-edge',
    'microsoft-edge-stable',
  ]);
}

function shells({ env, platform }: Machine): string[] {
  return platform === 'linux' ? onLinux(env, ['chromium-headless-shell']) : [];
}

function onLinux(env: Machine['env'], names: string[]): string[] {
  const folders = [
    ...(env.PATH ?? '').split(':'),
    '/usr/bin',
    '/usr/local/bin',
    '/snap/bin',
    '/opt/google/chrome',
  ];
  return names.flatMap((name) => folders.filter(Boolean).map((folder) => `${folder}/${name}`));
}

/** Only “y” and “yes” count as yes. */
function askAtTerminal(question: string): boolean {
  if (process.env.CI || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  process.stderr.write(`${question} [y/N] `);
  // Standard input belongs to the test runner.
  const terminal = openSync('/dev/tty', 'r');
  try {
    const answer = Buffer.alloc(100);
    const length = readSync(terminal, answer);
    return /^y(?:es)?$/i.test(answer.toString('utf8', 0, length).trim());
  } finally {
    closeSync(terminal);
  }
}

export function thisMachine(): Machine {
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
