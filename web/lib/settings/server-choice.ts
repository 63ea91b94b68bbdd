export interface ServerChoice {
  /** The visitor's choice; empty for the site's default. */
  uri: string;
  database: string;
  /** Whether the page's URL names a server or database, which takes precedence. */
  overridden: boolean;
  /**
   * Uses this server and database from now on. Empty values select the site's default.
   *
   * @throws {AddressError} if they are invalid; nothing changes then
   */
  choose: (uri: string, database: string) => void;
}
