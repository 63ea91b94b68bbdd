/** A row of a table: immutable (but for the storage's note), shared between tables, transactions and messages. */
export interface Row {
  /** Its BSATN. */
  readonly bytes: Uint8Array;
  /** `bytes` as a string that is equal exactly when the bytes are: tables are sets, and this is the member's key. */
  readonly key: string;
  /** Its values in column order, as the SDK decodes them (`Identity`, `Timestamp`, `bigint`, …). Decoded on first use. */
  readonly columns: readonly unknown[];
  /** Where the storage keeps it; the storage's own note, and nobody else's business. */
  storageId: number | undefined;
}
