const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Each step back covers this many times the span of the previous one, so that old and quiet chats need only a few.
 */
const GROWTH = 8;
/** After this many steps, everything else is requested. */
const STEPS = 5;

/** A span of time that is subscribed as one query. */
export interface Span {
  /** Milliseconds since the Unix epoch; undefined for "from the beginning". */
  readonly from: number | undefined;
  /** Its end, which is not part of it; undefined for "without end". */
  readonly until: number | undefined;
}

/**
 * The spans of a chat's history, newest first. The first has no end. Subscriptions know neither ORDER BY nor LIMIT, so
 * the way to get the newest messages is by time. Edges lie on whole hours or days and spans on multiples of their
 * length, so that many clients share the same query, which the server then evaluates once for all of them.
 * @param now milliseconds since the Unix epoch
 * @param leastMs how much the first span covers at least
 */
export function* spans(now: number, leastMs: number): Generator<Span, undefined> {
  const unit = leastMs < DAY ? HOUR : DAY;
  let from = down(now - leastMs, unit);
  yield { from, until: undefined };
  for (let step = 1; ; step++) {
    const next = down(from - 1, unit * GROWTH ** step);
    if (next <= 0 || step > STEPS) return (yield { from: undefined, until: from }, undefined);
    yield { from: next, until: from };
    from = next;
  }
}

function down(ms: number, unit: number): number {
  return Math.floor(ms / unit) * unit;
}

/** The SQL condition that the time in a column lies in a span. */
export function within({ from, until }: Span, column: string): string {
  const conditions = [
    ...(from === undefined ? [] : [`${column} >= ${literal(from)}`]),
    ...(until === undefined ? [] : [`${column} < ${literal(until)}`]),
  ];
  return conditions.join(' AND ');
}

function literal(ms: number): string {
  return `'${new Date(ms).toISOString()}'`;
}
