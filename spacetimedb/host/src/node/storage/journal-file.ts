import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder, type Disk } from './disk.ts';

/**
 * A file of frames. Each frame has a checksum that continues the previous one, so that a changed, missing or moved
 * frame is detected. The header contains a mark: the number of bytes that are certainly on disk. It tells a truncated
 * file from one whose last write did not finish.
 *
 * Header: magic (8 bytes), kind, number, seed, checksum (u32 each), 8 unused bytes, then the mark: length (f64),
 * checksum of the last frame, whether another file continues this one, checksum (u32 each). Frame: length, checksum
 * (u32 each), bytes.
 */
const HEADER_BYTES = 64;
export const FRAME_HEAD_BYTES = 8;
const MAGIC = Buffer.from('stdbjrn2');
const MARK = 32;
const MARK_BYTES = 20;

/** The content of a file: changes in the order of transactions, or the state before them. */
type JournalKind = 'log' | 'snapshot';

export interface JournalHeader {
  readonly kind: JournalKind;
  /** A snapshot is the state before the first frame of the log with the same number. */
  readonly number: number;
  /** The checksum that the first frame continues. */
  readonly seed: number;
}

interface Mark {
  /** Bytes of the file that are certainly on disk. */
  readonly length: number;
  /** Checksum of the last frame within `length`. */
  readonly chain: number;
  /** Nothing more is added to this file; the log continues in the next one. */
  readonly isSealed: boolean;
}

export interface JournalContents extends JournalHeader, Mark {}

/** The file is not what was written. `message` says where, and starts with the file's name. */
export class JournalDamage extends Error {
  override readonly name = 'JournalDamage';
}

export function journalName({ kind, number }: Pick<JournalHeader, 'kind' | 'number'>): string {
  return `${kind}-${String(number).padStart(6, '0')}`;
}

/** @returns `undefined` for other files */
export function parseJournalName(name: string): Pick<JournalHeader, 'kind' | 'number'> | undefined {
  const [, kind, number] = /^(log|snapshot)-(\d{6,})$/.exec(name) ?? [];
  return kind === undefined ? undefined : { kind: kind as JournalKind, number: Number(number) };
}

/** Writes one file. A failed write may be retried: it goes to the same position. */
export class JournalWriter {
  readonly path: string;
  /** Distinguishes the file from another one with the same name. */
  readonly inode: bigint;
  readonly #file: FileHandle;
  readonly #disk: Disk;
  #mark: Mark;

  /** Creates a file. It gets its name once it is complete enough to be read. */
  static async create(folder: string, header: JournalHeader, disk: Disk): Promise<JournalWriter> {
    const file = path.join(folder, journalName(header));
    const draft = `${file}.tmp`;
    const mark: Mark = { length: HEADER_BYTES, chain: header.seed, isSealed: false };
    const handle = await open(draft, 'w', 0o600);
    try {
      await disk.write(handle, encodeHeader(header, mark), 0);
      await disk.sync(handle);
    } finally {
      await handle.close();
    }
    if (header.kind === 'snapshot') return JournalWriter.#over(draft, await open(draft, 'r+'), disk, mark);
    await rename(draft, file);
    await syncFolder(folder);
    return JournalWriter.#over(file, await open(file, 'r+'), disk, mark);
  }

  /** Continues a file after its mark. */
  static async continue(file: string, mark: Mark, disk: Disk): Promise<JournalWriter> {
    const handle = await open(file, 'r+');
    // Remove the rest of an unfinished write, so that it is never taken for a frame.
    await handle.truncate(mark.length);
    return JournalWriter.#over(file, handle, disk, mark);
  }

  static async #over(file: string, handle: FileHandle, disk: Disk, mark: Mark): Promise<JournalWriter> {
    const { ino } = await handle.stat({ bigint: true });
    return new JournalWriter(file, handle, disk, mark, ino);
  }

  private constructor(file: string, handle: FileHandle, disk: Disk, mark: Mark, inode: bigint) {
    this.path = file;
    this.inode = inode;
    this.#file = handle;
    this.#disk = disk;
    this.#mark = mark;
  }

  get length(): number {
    return this.#mark.length;
  }

  /** Checksum of the last frame. */
  get chain(): number {
    return this.#mark.chain;
  }

  /** Resolves when the frame is on disk. @param frame bytes that start with {@link FRAME_HEAD_BYTES} unused bytes */
  async append(frame: Uint8Array): Promise<void> {
    const chain = sealFrame(frame, this.#mark.chain);
    const { length } = this.#mark;
    await this.#disk.write(this.#file, frame, length);
    await this.#disk.sync(this.#file);
    this.#setMark({ length: length + frame.length, chain, isSealed: false });
  }

  /** Like `append`, but durable only after `seal`. */
  async appendUnsynced(frame: Uint8Array): Promise<void> {
    const chain = sealFrame(frame, this.#mark.chain);
    await this.#disk.write(this.#file, frame, this.#mark.length);
    this.#mark = { length: this.#mark.length + frame.length, chain, isSealed: false };
  }

  /** Marks the file as complete. */
  async seal(): Promise<void> {
    await this.#disk.sync(this.#file);
    this.#setMark({ ...this.#mark, isSealed: true });
    await this.#disk.sync(this.#file);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Not synced by itself: the next sync includes it, and if the process is killed, the system still writes it. */
  #setMark(mark: Mark): void {
    writeSync(this.#file.fd, encodeMark(mark), 0, MARK_BYTES, MARK);
    this.#mark = mark;
  }
}

/**
 * Reads a file from beginning to end.
 *
 * @param onFrame gets the bytes of each frame, which are valid only during the call
 * @throws {JournalDamage} when the file is not what was written
 */
export function readJournal(file: string, onFrame: (bytes: Uint8Array) => void): JournalContents {
  const name = path.basename(file);
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const source = new FileSource(fd, size);
    const head = source.take(HEADER_BYTES);
    if (!head) throw new JournalDamage(`${name} is cut off: it has only ${size} bytes`);
    const { header, mark } = decodeHeader(Buffer.from(head), name);
    if (size < mark.length) {
      throw new JournalDamage(`${name} is cut off: it has ${size} bytes and should have ${mark.length}`);
    }
    let end = HEADER_BYTES;
    let chain = header.seed;
    while (end < size) {
      const frame = source.frame(chain);
      // An unfinished write after the mark. It was never reported as durable.
      if (!frame && end >= mark.length && !mark.isSealed) break;
      if (!frame) throw new JournalDamage(`${name} is damaged at byte ${end}`);
      end += FRAME_HEAD_BYTES + frame.bytes.length;
      ({ chain } = frame);
      if (end === mark.length && chain !== mark.chain) throw new JournalDamage(`${name} is damaged`);
      onFrame(frame.bytes);
    }
    if (end < mark.length || (mark.isSealed && end !== mark.length)) {
      throw new JournalDamage(`${name} is damaged: ${mark.length} bytes were written, and ${end} are there`);
    }
    return { ...header, length: end, chain, isSealed: mark.isSealed };
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads the header and the mark of a file, even while a host writes to it.
 *
 * @returns the header's bytes, how many bytes of the file are on disk for certain, and whether it is complete;
 * `undefined` when the header was just being written: try again
 */
export async function readMark(
  file: FileHandle,
): Promise<{ readonly header: Buffer; readonly length: number; readonly isSealed: boolean } | undefined> {
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
  const mark = header.subarray(MARK, MARK + MARK_BYTES);
  if (bytesRead < HEADER_BYTES || mark.readUInt32LE(16) !== crc32(mark.subarray(0, 16))) return undefined;
  return { header, length: mark.readDoubleLE(0), isSealed: mark.readUInt32LE(12) === 1 };
}

/** Reads ahead in large pieces. */
class FileSource {
  static readonly #PIECE = 4 * 1024 * 1024;
  readonly #fd: number;
  #left: number;
  #position = 0;
  #piece = Buffer.alloc(0);
  #offset = 0;

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.#left = size;
  }

  /** @returns `undefined` when the file has fewer bytes left */
  take(count: number): Buffer | undefined {
    if (this.#piece.length - this.#offset < count && !this.#fill(count)) return undefined;
    const bytes = this.#piece.subarray(this.#offset, this.#offset + count);
    this.#offset += count;
    return bytes;
  }

  /** @returns `undefined` when the next bytes are not a frame that continues `chain` */
  frame(chain: number): { bytes: Uint8Array; chain: number } | undefined {
    const head = this.take(FRAME_HEAD_BYTES);
    if (!head) return undefined;
    const length = head.readUInt32LE(0);
    const checksum = head.readUInt32LE(4);
    const seeded = crc32(head.subarray(0, 4), chain);
    const bytes = this.take(length);
    return bytes && crc32(bytes, seeded) === checksum ? { bytes, chain: checksum } : undefined;
  }

  #fill(count: number): boolean {
    const rest = this.#piece.subarray(this.#offset);
    if (rest.length + this.#left < count) return false;
    const wanted = Math.min(this.#left, Math.max(count - rest.length, FileSource.#PIECE));
    const piece = Buffer.allocUnsafe(rest.length + wanted);
    rest.copy(piece);
    let filled = rest.length;
    while (filled < piece.length) {
      const read = readSync(this.#fd, piece, filled, piece.length - filled, this.#position);
      if (read === 0) return false;
      filled += read;
      this.#position += read;
    }
    this.#left -= wanted;
    this.#piece = piece;
    this.#offset = 0;
    return true;
  }
}

/** Writes length and checksum into a frame's head. @returns the checksum */
function sealFrame(frame: Uint8Array, chain: number): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  view.setUint32(0, frame.length - FRAME_HEAD_BYTES, true);
  const seeded = crc32(frame.subarray(0, 4), chain);
  const checksum = crc32(frame.subarray(FRAME_HEAD_BYTES), seeded);
  view.setUint32(4, checksum, true);
  return checksum;
}

function encodeHeader({ kind, number, seed }: JournalHeader, mark: Mark): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(kind === 'log' ? 1 : 2, 8);
  bytes.writeUInt32LE(number, 12);
  bytes.writeUInt32LE(seed, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20);
  encodeMark(mark).copy(bytes, MARK);
  return bytes;
}

function encodeMark({ length, chain, isSealed }: Mark): Buffer {
  const bytes = Buffer.alloc(MARK_BYTES);
  bytes.writeDoubleLE(length, 0);
  bytes.writeUInt32LE(chain, 8);
  bytes.writeUInt32LE(isSealed ? 1 : 0, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
  return bytes;
}

function decodeHeader(bytes: Buffer, name: string): { header: JournalHeader; mark: Mark } {
  const mark = bytes.subarray(MARK);
  const isWhole =
    bytes.subarray(0, MAGIC.length).equals(MAGIC) &&
    bytes.readUInt32LE(20) === crc32(bytes.subarray(0, 20)) &&
    mark.readUInt32LE(16) === crc32(mark.subarray(0, 16));
  const header: JournalHeader = {
    kind: bytes.readUInt32LE(8) === 1 ? 'log' : 'snapshot',
    number: bytes.readUInt32LE(12),
    seed: bytes.readUInt32LE(16),
  };
  if (!isWhole || journalName(header) !== name.replace(/\.tmp$/, '')) {
    throw new JournalDamage(`${name} is damaged: its first bytes are not what was written`);
  }
  return {
    header,
    mark: {
      length: mark.readDoubleLE(0),
      chain: mark.readUInt32LE(8),
      isSealed: mark.readUInt32LE(12) === 1,
    },
  };
}
