/** Error codes of host calls, as in crates/primitives/src/errno.rs. */
export const errno = {
  HOST_CALL_FAILURE: 1,
  NOT_IN_TRANSACTION: 2,
  BSATN_DECODE_ERROR: 3,
  NO_SUCH_TABLE: 4,
  NO_SUCH_INDEX: 5,
  NO_SUCH_ITER: 6,
  NO_SUCH_CONSOLE_TIMER: 7,
  WRONG_INDEX_ALGO: 10,
  UNIQUE_ALREADY_EXISTS: 12,
  SCHEDULE_AT_DELAY_TOO_LONG: 13,
  INDEX_NOT_UNIQUE: 14,
  NO_SUCH_ROW: 15,
  WOULD_BLOCK_TRANSACTION: 17,
  TRANSACTION_NOT_ANONYMOUS: 18,
  TRANSACTION_IS_READ_ONLY: 19,
  HTTP_ERROR: 21,
} as const;

export type Errno = (typeof errno)[keyof typeof errno];

const MESSAGES: Readonly<Record<Errno, string>> = {
  [errno.HOST_CALL_FAILURE]: 'ABI called by host returned an error',
  [errno.NOT_IN_TRANSACTION]: 'ABI call can only be made while in a transaction',
  [errno.BSATN_DECODE_ERROR]: "Couldn't decode the BSATN to the expected type",
  [errno.NO_SUCH_TABLE]: 'No such table',
  [errno.NO_SUCH_INDEX]: 'No such index',
  [errno.NO_SUCH_ITER]: 'The provided row iterator is not valid',
  [errno.NO_SUCH_CONSOLE_TIMER]: 'The provided console timer does not exist',
  [errno.WRONG_INDEX_ALGO]: 'The Index does not support range scans',
  [errno.UNIQUE_ALREADY_EXISTS]: 'Value with given unique identifier already exists',
  [errno.SCHEDULE_AT_DELAY_TOO_LONG]: 'Specified delay in scheduling row was too long',
  [errno.INDEX_NOT_UNIQUE]: 'The index was not unique',
  [errno.NO_SUCH_ROW]: 'The row was not found, e.g., in an update call',
  [errno.WOULD_BLOCK_TRANSACTION]: 'Attempted async or blocking op while holding open a transaction',
  [errno.TRANSACTION_NOT_ANONYMOUS]: 'Not in an anonymous transaction. Called by a reducer?',
  [errno.TRANSACTION_IS_READ_ONLY]: 'Not in a mutable transaction. Called by a view?',
  [errno.HTTP_ERROR]: 'The HTTP request failed',
};

/**
 * A host call failed in a way that the module may catch. The isolate rethrows it as the error class that the module's
 * library registered for `code`.
 */
export class HostCallError extends Error {
  override readonly name = 'HostCallError';
  readonly code: Errno;

  /** @param message the code's own sentence by default */
  constructor(code: Errno, message: string = MESSAGES[code]) {
    super(message);
    this.code = code;
  }
}

/** The caller's buffer is smaller than the next chunk of rows. The module grows it to `needed` bytes and retries. */
export class BufferTooSmallError extends Error {
  override readonly name = 'BufferTooSmallError';
  readonly needed: number;

  constructor(needed: number) {
    super(`the buffer is too small: ${needed} bytes are needed`);
    this.needed = needed;
  }
}
