import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { errorText, HttpError } from './http-error.ts';

/** The default limit of the server's HTTP library. Only publishing accepts larger bodies. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * Reads the request's body as text.
 * @throws {HttpError} 413 when it is longer than {@link MAX_BODY_BYTES}, 400 when it is not UTF-8
 */
export async function readUtf8Body(context: Context): Promise<string> {
  const bytes = await readBytes(context);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new HttpError(400, "Request body didn't contain valid UTF-8");
  }
}

/** Reads the request's body. @throws {HttpError} 413 when it is longer than {@link MAX_BODY_BYTES} */
export function readBytes(context: Context): Promise<Uint8Array> {
  return readBody(context, { maxBytes: MAX_BODY_BYTES, tooLong: TOO_LONG });
}

const TOO_LONG = 'Failed to buffer the request body: length limit exceeded';

export interface BodyLimit {
  readonly maxBytes: number;
  /** The error message for longer bodies. */
  readonly tooLong: string;
}

/**
 * Reads the request's body and never keeps more than `maxBytes` of it. (Hono's own limit would do, but for a body of
 * unknown length it needs the global `Request` replaced.)
 * @throws {HttpError} 413 when it is longer than `maxBytes`, 400 when the client does not send all of it
 */
export async function readBody(context: Context, limit: BodyLimit): Promise<Uint8Array> {
  const announced = context.req.header('content-length');
  if (Number(announced ?? 0) > limit.maxBytes) throw new HttpError(413, limit.tooLong);
  try {
    const body =
      announced === undefined
        ? await collect(context.req.raw.body ?? [], limit)
        : new Uint8Array(await context.req.arrayBuffer());
    // If the client disconnected, an incomplete body can look complete.
    if (!(context.env as HttpBindings).incoming.complete)
      throw new Error('connection closed before all of it came');
    return body;
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, `Failed to buffer the request body: ${errorText(error)}`);
  }
}

async function collect(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit: BodyLimit,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit.maxBytes) throw new HttpError(413, limit.tooLong);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
