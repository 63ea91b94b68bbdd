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

export interface LoadedJournal {
  readonly state: JournalState;
  /** The newest log, which new writes continue. */
  readonly log: JournalContents;
  /** Bytes of the newest snapshot, and of all logs after it. */
  readonly snapshotBytes: number;
  readonly logBytes: number;
}

/**
 * Reads a folder's newest snapshot and the logs after it, and checks that every file is complete and none is missing.
 *
 * @throws {JournalDamage} when a file is missing or not what was written
 */
export async function loadJournal(folder: string): Promise<LoadedJournal> {
  const names = await readdir(folder);
  const files = names.flatMap((name) => parseJournalName(name) ?? []);
  const numbers = (kind: string) => files.filter((file) => file.kind === kind).map(({ number }) => number);
  const base = Math.max(0, ...numbers('snapshot'));
  const first = Math.max(base, 1);
  const logs = numbers('log')
    .filter((number) => number >= first)
    .sort((a, b) => a - b);
  const state = new JournalState();
  const read = (kind: 'log' | 'snapshot', number: number) => readInto(folder, kind, number, state);

  let snapshot: JournalContents | undefined;
  if (base > 0) {
    snapshot = read('snapshot', base);
    if (!snapshot.isSealed) throw new JournalDamage(`${journalName(snapshot)} is not complete`);
  } else if (numbers('log').some((number) => number > 1) && !logs.includes(1)) {
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
  await removeLeftovers(folder, names, first, log.number);
  return { state, log, snapshotBytes: snapshot?.length ?? 0, logBytes };
}

function readInto(
  folder: string,
  kind: 'log' | 'snapshot',
  number: number,
  state: JournalState,
): JournalContents {
  const name = journalName({ kind, number });
  try {
    return readJournal(path.join(folder, name), (bytes) => applyFrame(bytes, state));
  } catch (error) {
    // Checksums are verified before decoding, so such a frame was damaged before it was written.
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new JournalDamage(`${name} is damaged: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** Deletes what an interrupted snapshot left: drafts, files that the snapshot replaces, and an unused log. */
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
