import { formatMicros, printable } from './sql-table.ts';

interface LogLine {
  readonly level: string;
  readonly ts: number;
  readonly filename?: string;
  readonly line_number?: number;
  readonly message: string;
  readonly trace?: readonly { readonly module_name?: string; readonly func_name?: string }[];
}

/** The file name in log lines of the server itself. */
const FROM_SERVER = '__spacetimedb__';

/** Splits a stream of bytes into lines. The last line may lack its line end. */
export async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Formats a log line like the `spacetime` CLI. @param json one line of the server's response */
export function formatLogLine(json: string): string {
  const { level, ts, filename, line_number, message, trace = [] } = JSON.parse(json) as LogLine;
  const place =
    filename === undefined || filename === FROM_SERVER
      ? ''
      : `${filename}${line_number === undefined ? '' : `:${line_number}`}: `;
  const frames = trace.map(({ module_name: module = '', func_name: name = '<unknown>' }) =>
    `\n    at ${name} ${module}`.trimEnd(),
  );
  const text = `${place}${message}${frames.join('')}`;
  return `${formatMicros(BigInt(ts))} ${level.toUpperCase().padStart(5)}: ${printable(text)}`;
}
