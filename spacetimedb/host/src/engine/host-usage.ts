/** Resources that all databases of a host use together, for the limits of the whole host. */
export class HostUsage {
  /** Number of different subscribed queries. Long queries count more than once. */
  liveQueries = 0;
  readonly #outgoing = new Set<() => number>();

  /**
   * @param waiting returns how many bytes wait for one client
   * @returns a function that removes the client
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
