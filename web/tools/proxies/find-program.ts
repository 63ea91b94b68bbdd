/** Finds a program that a test needs, or installs Debian's package if possible. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

/** What the search needs from the machine. Replaced in tests. */
export interface Machine {
  readonly folders: readonly string[];
  /** Root on a Debian. */
  readonly mayInstall: boolean;
  readonly isExecutable: (file: string) => boolean;
  readonly run: (command: string, args: readonly string[]) => boolean;
}

/**
 * @param name of the program and of Debian's package
 * @returns its path, or why it is missing
 */
export function findProgram(
  name: string,
  machine: Machine = thisMachine(),
): { readonly path: string } | { readonly missing: string } {
  const found = () => machine.folders.map((folder) => path.join(folder, name)).find(machine.isExecutable);
  const installed = found();
  if (installed !== undefined) return { path: installed };
  if (!machine.mayInstall) {
    return {
      missing: `${name} is not installed, and only root on Debian may install it: apt-get install ${name}`,
    };
  }
  machine.run('apt-get', ['update', '-qq']);
  machine.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name]);
  const fresh = found();
  return fresh === undefined ? { missing: `apt-get install ${name} did not work` } : { path: fresh };
}

function thisMachine(): Machine {
  return {
    folders: [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/bin'].filter(Boolean),
    mayInstall: process.getuid?.() === 0 && existsSync('/etc/debian_version'),
    isExecutable: (file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    // Services of packages must not start: the test starts its own.
    run: (command, args) =>
      spawnSync(command, args, {
        stdio: 'inherit',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      }).status === 0,
  };
}
