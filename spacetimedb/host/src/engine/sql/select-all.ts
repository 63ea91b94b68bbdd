/** Is this `SELECT * FROM *`, the subscription to all tables? It is not SQL, so the compiler does not support it. */
export function isSelectAllTables(sql: string): boolean {
  return /^\s*select\s+\*\s+from\s+\*\s*$/i.test(sql);
}
