import type { Hono } from 'hono';
import type { LogReader, LogRecord } from '../../../engine/database-api.ts';
import type { HostApi } from '../host-api.ts';
import { findDatabase, identifyOrMint, queryOf, requireOwner, type AppEnv } from '../middleware.ts';
import { queryBoolean, queryInteger } from '../query.ts';

/** The maximum number of old lines for a follower (`crates/core/src/database_logger.rs`). */
const MAX_LINES_BEFORE_FOLLOWING = 2500;

/** Lines that wait for a slow follower; further lines are skipped. */
const FOLLOWER_BUFFER = 64;

/** `GET …/logs?num_lines&follow`: the module's log, one JSON object per line, for the database's owner. */
export function addLogsRoute(app: Hono<AppEnv>, host: HostApi): void {
  app.get('/v1/database/:database/logs', identifyOrMint(host), findDatabase(host), (context) => {
    const query = queryOf(context);
    const wanted = queryInteger(query, 'num_lines', 0xffff_ffffn);
    const lines = wanted === undefined ? undefined : Number(wanted);
    const follow = queryBoolean(query, 'follow') ?? false;
    const database = context.get('database');
    requireOwner(context.get('credentials'), database, 'view module logs');
    return context.body(
      // Without following, 0 means 1, as on the real server.
      follow
        ? followLog(database.logs, lines ?? 0)
        : formatLog(database.logs.tail(lines === undefined ? undefined : Math.max(lines, 1))),
      200,
      {
        'content-type': 'application/x-ndjson',
        'cache-control': 'no-cache',
        // nginx would hold lines back until it has a buffer full of them.
        ...(follow ? { 'x-accel-buffering': 'no' } : {}),
      },
    );
  });
}

function followLog(logs: LogReader, lines: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const old = lines === 0 ? [] : logs.tail(Math.min(lines, MAX_LINES_BEFORE_FOLLOWING));
        if (old.length > 0) controller.enqueue(encoder.encode(formatLog(old)));
        stop = logs.follow(
          (record) => {
            if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(formatRecord(record)));
          },
          () => controller.close(),
        );
      },
      cancel() {
        stop();
      },
    },
    new CountQueuingStrategy({ highWaterMark: FOLLOWER_BUFFER }),
  );
}

function formatLog(records: readonly LogRecord[]): string {
  return records.map(formatRecord).join('');
}

/** `level` and `ts` come first, the trace last, as the server writes them. Absent fields are omitted. */
function formatRecord({
  level,
  ts,
  target,
  filename,
  line_number,
  function: fn,
  message,
  trace,
}: LogRecord): string {
  return `${JSON.stringify({ level, ts, target, filename, line_number, function: fn, message, trace })}\n`;
}
