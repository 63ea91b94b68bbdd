import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { applyFrame } from './journal-codec.ts';
import {
  JournalDamage,
  journalName,
  parseJournalName,
  readJournal,
  type JournalContents,
} from './journal-file.ts';
import { JournalState } from './journal-state.ts';

export interface CheckedJournal {
  /** The newest log, which new writes continue. */
  readonly log: JournalContents;
  /** Bytes of the newest snapshot, and of all logs after it. */
  readonly snapshotBytes: number;
  readonly logBytes: number;
}

export interface LoadedJournal extends CheckedJournal {
  readonly state: JournalState;
}

/**
 * Reads a folder's newest snapshot and the logs after it, checks that every file is complete and none is missing, and
 * deletes the files of an interrupted snapshot.
 *
 * @throws {JournalDamage} when a file is missing or not what was written
 */
export async function loadJournal(folder: string): Promise<LoadedJournal> {
  const names = await readdir(folder);
  const state = new JournalState();
  const { first, ...checked } = readFiles(folder, names, (bytes) => applyFrame(bytes, state));
  await removeLeftovers(folder, names, first, checked.log.number);
  return { state, ...checked };
}

/**
 * Checks a folder as {@link loadJournal} does, and changes nothing.
 *
 * @throws {JournalDamage} when a file is missing or not what was written
 */
export async function checkJournal(folder: string): Promise<CheckedJournal> {
  return readFiles(folder, await readdir(folder), () => undefined);
}

function readFiles(
  folder: string,
  names: readonly string[],
  onFrame: (bytes: Uint8Array) => void,
): CheckedJournal & { readonly first: number } {
  const { snapshot: base, logs, allLogs } = journalFiles(names);
  const first = Math.max(base, 1);
  const read = (kind: 'log' | 'snapshot', number: number) => readInto(folder, kind, number, onFrame);

  let snapshot: JournalContents | undefined;
  if (base > 0) {
    snapshot = read('snapshot', base);
    if (!snapshot.isSealed) throw new JournalDamage(`${journalName(snapshot)} is not complete`);
  } else if (allLogs.some((number) => number > 1) && !allLogs.includes(1)) {
    throw new JournalDamage('the snapshot is missing');
  }
  let log: JournalContents | undefined;
  let logBytes = 0;
  for (let number = first; ; number++) {
    if (!logs.includes(number)) throw new JournalDamage(`${journalName({ kind: 'log', number })} is missing`);
    const next = read('log', number);
    const seed = log?.chain ?? snapshot?.seed;
    if (seed !== undefined && next.seed !== seed) {
      throw new JournalDamage(`${journalName(next)} does not continue what is before it`);
    }
    log = next;
    logBytes += next.length;
    if (!next.isSealed) break;
  }
  return { log, snapshotBytes: snapshot?.length ?? 0, logBytes, first };
}

/**
 * Sorts a folder's files.
 *
 * @returns the number of the newest snapshot, 0 without one; of the logs that follow it, oldest first; and of all logs
 */
export function journalFiles(names: readonly string[]): {
  readonly snapshot: number;
  readonly logs: readonly number[];
  readonly allLogs: readonly number[];
} {
  const files = names.flatMap((name) => parseJournalName(name) ?? []);
  const numbers = (kind: string) => files.filter((file) => file.kind === kind).map(({ number }) => number);
  const snapshot = Math.max(0, ...numbers('snapshot'));
  const allLogs = numbers('log').sort((a, b) => a - b);
  return { snapshot, logs: allLogs.filter((number) => number >= Math.max(snapshot, 1)), allLogs };
}

function readInto(
  folder: string,
  kind: 'log' | 'snapshot',
  number: number,
  onFrame: (bytes: Uint8Array) => void,
): JournalContents {
  const name = journalName({ kind, number });
  try {
    return readJournal(path.join(folder, name), onFrame);
  } catch (error) {
    // Checksums are verified before decoding, so such a frame was damaged before it was written.
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new JournalDamage(`${name} is damaged: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** Deletes the files of an interrupted snapshot: drafts, files that the snapshot replaces, and an unused log. */
async function removeLeftovers(
  folder: string,
  names: readonly string[],
  first: number,
  last: number,
): Promise<void> {
  for (const name of names) {
    const file = parseJournalName(name);
    const isDraft = name.endsWith('.tmp');
    if (!isDraft && !(file && (file.number < first || file.number > last))) continue;
    if (file && file.number > last) {
      readJournal(path.join(folder, name), () => {
        throw new JournalDamage(`${name} follows a log that was not finished`);
      });
    }
    await rm(path.join(folder, name), { force: true });
  }
}
