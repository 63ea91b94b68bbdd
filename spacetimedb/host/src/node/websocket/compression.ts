import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Compression } from '../http/upgrade.ts';

/** The first byte of every frame to a client. */
const TAG = { none: 0, brotli: 1, gzip: 2 } as const satisfies Record<Compression, number>;

/** Smaller payloads are not compressed (crates/client-api-messages/src/websocket/common.rs). */
const COMPRESS_ABOVE_BYTES = 1024;

/** Larger payloads are not compressed, because that would block other clients. */
const COMPRESS_UP_TO_BYTES = 16 * 1024 * 1024;

/** Frames are compressed once and read once; the fastest level already removes most of the size. */
const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const GZIP_OPTIONS = { level: constants.Z_BEST_SPEED };

const madeFrames = new WeakMap<Uint8Array, Map<Compression, Uint8Array>>();

/**
 * Makes a frame: a byte that names the compression, then the payload, compressed if that helps. Clients that get the
 * same payload object share the frame.
 */
export function toFrame(payload: Uint8Array, compression: Compression): Uint8Array {
  const made = madeFrames.get(payload) ?? new Map<Compression, Uint8Array>();
  madeFrames.set(payload, made);
  const frame = made.get(compression) ?? makeFrame(payload, compression);
  made.set(compression, frame);
  return frame;
}

function makeFrame(payload: Uint8Array, compression: Compression): Uint8Array {
  if (
    compression === 'none' ||
    payload.length <= COMPRESS_ABOVE_BYTES ||
    payload.length > COMPRESS_UP_TO_BYTES
  ) {
    return tagged(TAG.none, payload);
  }
  if (compression === 'gzip') return tagged(TAG.gzip, gzipSync(payload, GZIP_OPTIONS));
  return tagged(TAG.brotli, brotliCompressSync(payload, BROTLI_OPTIONS));
}

function tagged(tag: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(payload.length + 1);
  frame[0] = tag;
  frame.set(payload, 1);
  return frame;
}
