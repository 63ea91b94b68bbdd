/** Times in milliseconds. */
export interface Figures {
  /** From the frame with all rows to the finished list. */
  readonly snapshot: number;
  /** A transaction that inserts one row. */
  readonly oneRow: number;
  /** 100 such transactions, each in its own frame. */
  readonly hundred: number;
  /** 100 such transactions in one frame. */
  readonly burst: number;
  /** One transaction that inserts 1,000 rows. */
  readonly thousandRows: number;
  /** The name of one of 50 authors changes, each with a 50th of the messages. Only the chat uses names. */
  readonly rename: number;
  /** A transaction that edits one message: deletes its row and inserts another with the same sender and time. */
  readonly edit: number;
  /**
   * A transaction that adds one reaction to one of 50 messages whose details are subscribed. Only the chat has details.
   */
  readonly reaction: number;
  /** Emissions per one-row transaction. */
  readonly emissions: number;
  /** Bytes. */
  readonly heapPerRow: number;
}
