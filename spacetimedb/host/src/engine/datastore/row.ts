/** A row of a table. Immutable except for `storageId`; shared between tables, transactions and messages. */
export interface Row {
  /** BSATN of the row. */
  readonly bytes: Uint8Array;
  /**
   * A string that is equal exactly when `bytes` are equal. Tables are sets of rows, and this identifies a row in one.
   */
  readonly key: string;
  /** Values in column order, as the SDK decodes them (`Identity`, `Timestamp`, `bigint`, …). Decoded on first use. */
  readonly columns: readonly unknown[];
  /** Where the storage keeps the row. Private to the storage layer. */
  storageId: number | undefined;
}
