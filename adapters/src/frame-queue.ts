/** Maximum bytes of a decompressed frame. Otherwise a small frame could fill all memory. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024;

const UNCOMPRESSED = 0;
const GZIP = 2;

/**
 * Decompresses the server's frames and delivers them in order of arrival. Several may be decompressed at the same time.
 * An uncompressed frame that need not wait for others is delivered at once.
 */
export class FrameQueue {
  readonly #deliver: (payload: Uint8Array, size: number) => void;
  readonly #onCorrupt: () => void;
  /** The number of events that must happen before a frame can be delivered at once, including the call of `start`. */
  #waiting = 1;
  #drained: Promise<void>;
  #start!: () => void;

  /**
   * @param deliver called with the content of each frame, and its size on arrival in bytes
   * @param onCorrupt called when a frame cannot be decompressed
   */
  constructor(deliver: (payload: Uint8Array, size: number) => void, onCorrupt: () => void) {
    this.#deliver = deliver;
    this.#onCorrupt = onCorrupt;
    this.#drained = new Promise((resolve) => (this.#start = resolve));
  }

  /** Starts delivering. Frames that have arrived before wait for this. */
  start(): void {
    this.#waiting--;
    this.#start();
  }

  /** Settles when all frames that have arrived so far are delivered. */
  get drained(): Promise<void> {
    return this.#drained;
  }

  push(frame: ArrayBuffer): void {
    const [format] = new Uint8Array(frame, 0, 1);
    const body = new Uint8Array(frame, 1);
    if (format === UNCOMPRESSED && this.#waiting === 0) return this.#deliver(body, frame.byteLength);
    this.#waiting++;
    const unpacked = format === UNCOMPRESSED ? body : unpack(body, format === GZIP ? 'gzip' : 'brotli');
    this.#drained = Promise.all([unpacked, this.#drained]).then(([payload]) => {
      this.#waiting--;
      this.#deliver(payload, frame.byteLength);
    }, this.#onCorrupt);
  }
}

/** @throws RangeError when the result is larger than a frame may be */
async function unpack(data: Uint8Array<ArrayBuffer>, format: string): Promise<Uint8Array> {
  let size = 0;
  const bounded = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform(part, controller) {
      if ((size += part.length) > MAX_FRAME_BYTES) throw new RangeError('The frame is too large');
      controller.enqueue(part as Uint8Array<ArrayBuffer>);
    },
  });
  const stream = new Blob([data])
    .stream()
    .pipeThrough(new DecompressionStream(format as CompressionFormat))
    .pipeThrough(bounded);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
