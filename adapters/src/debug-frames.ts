/** The logged facts about one message of the WebSocket protocol v2/v3. */
export interface DebugMessage {
  /** The name of the message type, such as `SubscribeApplied`. */
  readonly kind: string;
  /** Connects an answer to its request. */
  readonly requestId?: number | undefined;
  readonly queries?: readonly DebugQuery[];
  /** The name of the called reducer or procedure. */
  readonly called?: string;
  /** The error of a call or a subscription; undefined after success. */
  readonly error?: string | undefined;
}

/** What happened to one subscription. */
export interface DebugQuery {
  readonly id: number;
  readonly sql?: string;
  readonly added?: number;
  readonly removed?: number;
}

/** Reads little-endian BSATN, as far as the log needs it. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  bytes(): Uint8Array {
    const length = this.u32();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  string(): string {
    return new TextDecoder().decode(this.bytes());
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }

  /** @throws RangeError at the end of the frame */
  #advance(length: number): number {
    const start = this.offset;
    if (start + length > this.#bytes.length) throw new RangeError('The frame ends early');
    this.offset += length;
    return start;
  }
}

type Read = (reader: Reader) => Omit<DebugMessage, 'kind'>;

const readCall: Read = (reader) => {
  const requestId = reader.u32();
  reader.skip(1);
  const called = reader.string();
  reader.bytes();
  return { requestId, called };
};

/** By tag. */
const clientMessages: readonly (readonly [kind: string, read: Read])[] = [
  [
    'Subscribe',
    (reader) => {
      const requestId = reader.u32();
      const id = reader.u32();
      return { requestId, queries: [{ id, sql: reader.array(() => reader.string()).join('; ') }] };
    },
  ],
  [
    'Unsubscribe',
    (reader) => {
      const requestId = reader.u32();
      const id = reader.u32();
      reader.skip(1);
      return { requestId, queries: [{ id }] };
    },
  ],
  [
    'OneOffQuery',
    (reader) => {
      const requestId = reader.u32();
      reader.bytes();
      return { requestId };
    },
  ],
  ['CallReducer', readCall],
  ['CallProcedure', readCall],
];

/** By tag. */
const serverMessages: readonly (readonly [kind: string, read: Read])[] = [
  [
    'InitialConnection',
    (reader) => {
      // Identity and connection id. The token must not be logged.
      reader.skip(32 + 16);
      reader.bytes();
      return {};
    },
  ],
  [
    'SubscribeApplied',
    (reader) => {
      const requestId = reader.u32();
      const id = reader.u32();
      return { requestId, queries: [{ id, added: queryRows(reader) }] };
    },
  ],
  [
    'UnsubscribeApplied',
    (reader) => {
      const requestId = reader.u32();
      const id = reader.u32();
      return { requestId, queries: [{ id, removed: reader.u8() === 0 ? queryRows(reader) : 0 }] };
    },
  ],
  [
    'SubscriptionError',
    (reader) => {
      const requestId = reader.u8() === 0 ? reader.u32() : undefined;
      const id = reader.u32();
      return { requestId, queries: [{ id }], error: reader.string() };
    },
  ],
  ['TransactionUpdate', (reader) => ({ queries: transactionUpdate(reader) })],
  [
    'OneOffQueryResult',
    (reader) => {
      const requestId = reader.u32();
      if (reader.u8() === 0) queryRows(reader);
      else reader.bytes();
      return { requestId };
    },
  ],
  [
    'ReducerResult',
    (reader) => {
      const requestId = reader.u32();
      reader.skip(8);
      switch (reader.u8()) {
        case 0:
          reader.bytes();
          return { requestId, queries: transactionUpdate(reader) };
        case 1:
          return { requestId };
        case 2:
          return { requestId, error: `refused: ${textOf(reader.bytes())}` };
        default:
          return { requestId, error: `failed: ${reader.string()}` };
      }
    },
  ],
  [
    'ProcedureResult',
    (reader) => {
      const hasReturned = reader.u8() === 0;
      const result = reader.bytes();
      reader.skip(8 + 8);
      const error = hasReturned ? undefined : `failed: ${new TextDecoder().decode(result)}`;
      return { requestId: reader.u32(), error };
    },
  ],
];

/** The number of rows of an answer. */
function queryRows(reader: Reader): number {
  const counts = reader.array(() => {
    reader.bytes();
    return rowCount(reader);
  });
  return sum(counts);
}

function rowCount(reader: Reader): number {
  const isFixed = reader.u8() === 0;
  const size = isFixed ? reader.u16() : 0;
  const offsets = isFixed ? 0 : reader.u32();
  reader.skip(8 * offsets);
  const { length } = reader.bytes();
  return isFixed ? (size === 0 ? 0 : length / size) : offsets;
}

function transactionUpdate(reader: Reader): DebugQuery[] {
  return reader.array(() => {
    const id = reader.u32();
    const counts = reader.array(() => {
      reader.bytes();
      return reader.array(() => {
        const isPersistent = reader.u8() === 0;
        return { added: rowCount(reader), removed: isPersistent ? rowCount(reader) : 0 };
      });
    });
    const all = counts.flat();
    return { id, added: sum(all.map(({ added }) => added)), removed: sum(all.map(({ removed }) => removed)) };
  });
}

/** A reducer's error is a string in BSATN; anything else is left out. */
function textOf(bytes: Uint8Array): string {
  try {
    return new Reader(bytes).string();
  } catch {
    return `${bytes.length} bytes`;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** All messages of a frame; the last one is `unreadable` if the rest of the frame cannot be read. */
export function readFrame(bytes: Uint8Array, from: 'client' | 'server'): DebugMessage[] {
  const reader = new Reader(bytes);
  const kinds = from === 'client' ? clientMessages : serverMessages;
  const messages: DebugMessage[] = [];
  while (!reader.isAtEnd) {
    try {
      const [kind, read] = kinds[reader.u8()] ?? [];
      if (kind === undefined || !read) throw new RangeError('Not a message of this protocol');
      messages.push({ kind, ...read(reader) });
    } catch {
      return [...messages, { kind: 'unreadable' }];
    }
  }
  return messages;
}
