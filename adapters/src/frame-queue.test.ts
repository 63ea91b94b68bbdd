import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FrameQueue } from './frame-queue.ts';

function setUp() {
  const delivered: [text: string, size: number][] = [];
  const onCorrupt = vi.fn();
  const queue = new FrameQueue((payload, size) => {
    delivered.push([new TextDecoder().decode(payload), size]);
  }, onCorrupt);
  return { queue, delivered, onCorrupt };
}

const frame = (format: number, body: Uint8Array): ArrayBuffer => Uint8Array.from([format, ...body]).buffer;
const plain = (text: string) => frame(0, new TextEncoder().encode(text));

it('delivers an uncompressed frame at once when no other is waiting', async () => {
  const { queue, delivered } = setUp();
  queue.start();
  queue.push(plain('a'));
  expect(delivered).toEqual([['a', 2]]);
  const packed = frame(2, gzipSync('b'));
  queue.push(packed);
  queue.push(plain('c'));
  expect(delivered).toHaveLength(1);
  await queue.drained;
  expect(delivered.slice(1)).toEqual([
    ['b', packed.byteLength],
    ['c', 2],
  ]);
  queue.push(plain('d'));
  expect(delivered).toHaveLength(4);
});

it('delivers nothing before it was started', async () => {
  const { queue, delivered } = setUp();
  queue.push(plain('a'));
  // Longer than unpacking and delivering takes.
  await new Response(new Blob(['x']).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
  expect(delivered).toEqual([]);
  queue.start();
  queue.push(plain('b'));
  await queue.drained;
  expect(delivered.map(([text]) => text)).toEqual(['a', 'b']);
});

it('reports a frame that cannot be unpacked', async () => {
  const { queue, delivered, onCorrupt } = setUp();
  queue.start();
  queue.push(frame(2, new Uint8Array([1, 2, 3])));
  await queue.drained;
  expect(onCorrupt).toHaveBeenCalledOnce();
  expect(delivered).toEqual([]);
});

it('unpacks a frame by the compression that its first byte names', async () => {
  const formats: string[] = [];
  // Not every browser and Node.js version knows Brotli.
  vi.stubGlobal(
    'DecompressionStream',
    class extends TransformStream {
      constructor(format: string) {
        super();
        formats.push(format);
      }
    },
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  const { queue, delivered } = setUp();
  queue.start();
  queue.push(frame(1, new Uint8Array([97])));
  queue.push(frame(2, new Uint8Array([98])));
  await queue.drained;
  expect(formats).toEqual(['brotli', 'gzip']);
  expect(delivered.map(([text]) => text)).toEqual(['a', 'b']);
});
