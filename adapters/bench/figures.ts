/** Times in milliseconds. */
export interface Figures {
  /** From the frame with all rows to the list of them. */
  readonly snapshot: number;
  /** A transaction that inserts one row. */
  readonly oneRow: number;
  /** 100 such transactions, each in a frame of its own. */
  readonly hundred: number;
  /** 100 such transactions in one frame. */
  readonly burst: number;
  /** One transaction that inserts 1,000 rows. */
  readonly thousandRows: number;
  /** An author's name changes: of 50, so each has a 50th of the messages. Only the chat looks at users. */
  readonly rename: number;
  /** A transaction that edits one message: deletes its row and inserts another with the same sender and time. */
  readonly edit: number;
  /** A transaction that adds one reaction to one of 50 messages whose details are watched. Only the chat has those. */
  readonly reaction: number;
  /** How often a subscriber is told, for each of the one-row transactions. */
  readonly emissions: number;
  /** Bytes. */
  readonly heapPerRow: number;
}
