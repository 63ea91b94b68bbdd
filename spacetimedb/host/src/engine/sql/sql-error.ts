/** The database refuses a query or a statement. `message` is the text that the caller gets. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
}
