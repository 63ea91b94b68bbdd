/** What all databases of a host use together, where a limit is about the host as a whole. */
export class HostUsage {
  /** Different subscribed queries, long ones counted several times. */
  liveQueries = 0;
  readonly #outgoing = new Set<() => number>();

  /**
   * @param waiting says how many bytes wait for one client now
   * @returns how to leave that client out again
   */
  addClient(waiting: () => number): () => void {
    this.#outgoing.add(waiting);
    return () => void this.#outgoing.delete(waiting);
  }

  /** Bytes that wait for all clients. */
  outgoingBytes(): number {
    let bytes = 0;
    for (const waiting of this.#outgoing) bytes += waiting();
    return bytes;
  }
}
