/** A Vite plugin that gives the widget's files what hosts and pages want to go with them. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

/**
 * Writes beside each script its `.gz` and `.br` twins, and `integrity.json` with the hash of each, as a page's
 * `integrity` attribute or import map wants it.
 *
 * @param declarations the files with types that go with them, by the name that they are to have; the texts' types stand
 * elsewhere where they come from
 */
export function shippedFiles(declarations: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'shipped-files',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const files = Object.keys(bundle).sort();
      const stray = files.filter((file) => !file.endsWith('.js'));
      // In a shadow root, a style sheet of the page's does nothing.
      if (stray.length > 0)
        this.error(`The widget is to be made of scripts only, and not of ${stray.join()}.`);
      // Pages may add a query to the script's address or redirect it, and then an import by its name loads a second copy.
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      for (const { fileName, imports, dynamicImports } of chunks) {
        const plain = [...imports, ...dynamicImports].find((name) => !name.startsWith('chunks/'));
        if (plain !== undefined) this.error(`${fileName} imports ${plain}, which has no hash in its name.`);
      }
      const hashes: Record<string, string> = {};
      await Promise.all(
        files.map(async (file) => {
          const content = await readFile(join(dir, file));
          hashes[file] = `sha384-${createHash('sha384').update(content).digest('base64')}`;
          const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          await writeFile(join(dir, `${file}.gz`), await gzipped(content, { level: 9 }));
          await writeFile(join(dir, `${file}.br`), await brotlied(content, brotliOptions));
        }),
      );
      for (const [name, from] of Object.entries(declarations)) {
        const types = await readFile(from, 'utf8');
        await writeFile(join(dir, name), types.replace('../lib/i18n/types.ts', './strings.d.ts'));
      }
      const sorted = Object.fromEntries(files.map((file) => [file, hashes[file]]));
      await writeFile(join(dir, 'integrity.json'), `${JSON.stringify(sorted, null, 2)}\n`);
    },
  };
}
