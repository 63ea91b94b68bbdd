export interface ServerChoice {
  /** The visitor's own choice; empty where they leave it to the site. */
  uri: string;
  database: string;
  /** Whether the page's address names another one, which goes before any choice. */
  overridden: boolean;
  /**
   * Uses these from now on; empty ones leave it to the site.
   *
   * @throws {AddressError} when they cannot be right; nothing is changed then
   */
  choose: (uri: string, database: string) => void;
}
