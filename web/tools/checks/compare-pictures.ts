import type { Page } from 'playwright-core';

/**
 * Counts the pixels of two PNG pictures that differ by more than a sixteenth in a channel. Antialiasing varies less
 * between renderings.
 */
export function differingPixels(page: Page, one: Buffer, other: Buffer): Promise<number> {
  return page.evaluate(
    async (pictures) => {
      const [a, b] = await Promise.all(
        pictures.map(async (picture) => {
          const bytes = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
          context?.drawImage(bitmap, 0, 0);
          return context?.getImageData(0, 0, bitmap.width, bitmap.height);
        }),
      );
      if (!a || a.width !== b?.width || a.height !== b.height) return Infinity;
      let apart = 0;
      for (let pixel = 0; pixel < a.data.length; pixel += 4) {
        const off = [0, 1, 2].some((c) => Math.abs((a.data[pixel + c] ?? 0) - (b.data[pixel + c] ?? 0)) > 16);
        if (off) apart++;
      }
      return apart;
    },
    [one.toString('base64'), other.toString('base64')],
  );
}
