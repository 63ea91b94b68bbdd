/** BSATN's bytes, one after the other. Whole numbers are little-endian. */

/** Where one is in bytes that are read. */
export class Reader {
  readonly view: DataView;
  /** How many bytes have been read. */
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at === this.view.byteLength;
  }

  /** Goes `size` bytes on. @returns where they began */
  step(size: number): number {
    const { at } = this;
    this.at += size;
    return at;
  }

  /** The next `size` bytes, as a view of what is read. @throws RangeError when there are fewer */
  take(size: number): Uint8Array {
    const start = this.step(size);
    if (this.at > this.view.byteLength)
      throw new RangeError(`${size} bytes were expected, and there are fewer`);
    return this.between(start);
  }

  /** Bytes that have their number before them, as a view. @throws RangeError when there are fewer */
  takeCounted(): Uint8Array {
    return this.take(this.view.getUint32(this.step(4), true));
  }

  /** What has been read from `start` on. */
  between(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.at);
  }
}

/** Bytes that are written; grows as need be. */
export class Writer {
  #bytes = new Uint8Array(256);
  view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Makes room for `size` bytes. @returns where they are to be written */
  step(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  put(bytes: Uint8Array): void {
    const at = this.step(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Puts their number before them. */
  putCounted(bytes: Uint8Array): void {
    const at = this.step(4);
    this.view.setUint32(at, bytes.length, true);
    this.put(bytes);
  }

  /** What was written. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}
