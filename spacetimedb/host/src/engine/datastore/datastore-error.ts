const MESSAGES = {
  unique_violation: 'Value with given unique identifier already exists',
  index_not_unique: 'The index was not unique',
  no_such_row: 'The row was not found, e.g., in an update call',
} as const;

/** Why a transaction refuses a change. */
export type DatastoreErrorCode = keyof typeof MESSAGES;

/** A transaction refused a change. It is unchanged and can continue. */
export class DatastoreError extends Error {
  override readonly name = 'DatastoreError';
  readonly code: DatastoreErrorCode;

  constructor(code: DatastoreErrorCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}
