import type { SqlResult } from '../../engine/database-api.ts';
import { productTypeJson, toUntypedJson } from '../../engine/sats/to-json.ts';
import { UNLIMITED, type QueryBudget } from '../../engine/sql/budget.ts';
import type { Typespace } from '../../engine/sats/typespace.ts';

/**
 * The answer to `POST …/sql`: a list with the result of the one statement, rows as arrays without names
 * (`SqlStmtResult` in `crates/client-api-messages/src/http.rs`). 64-bit and larger integers keep every digit.
 *
 * @param budget limits the cost of the text; unlimited by default
 * @throws {SqlError} when it costs more
 */
export function formatSqlResult(
  { columns, rows, stats, durationMicros }: SqlResult,
  typespace: Typespace,
  budget: QueryBudget = UNLIMITED,
): string {
  const schema = productTypeJson({
    elements: columns.map(({ name, type }) => ({ name, algebraicType: type })),
  });
  const rowTexts = rows.map((row) => {
    const text = `[${columns.map(({ type }, i) => toUntypedJson(type, typespace, row[i])).join(',')}]`;
    budget.visit();
    budget.take(text.length);
    return text;
  });
  const statsText = JSON.stringify({
    rows_inserted: stats.inserted,
    rows_deleted: stats.deleted,
    rows_updated: stats.updated,
  });
  return (
    `[{"schema":${schema},"rows":[${rowTexts.join(',')}],` +
    `"total_duration_micros":${durationMicros},"stats":${statsText}}]`
  );
}
