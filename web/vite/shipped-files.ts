/** A Vite plugin that writes the files published beside the widget's scripts. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

/**
 * Writes `.gz` and `.br` files for each script, the type declarations, and `integrity.json` with the scripts'
 * hashes for `integrity` attributes and import maps.
 *
 * @param declarations source paths by published file name; the import of the texts' types is rewritten
 */
export function shippedFiles(declarations: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'shipped-files',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const files = Object.keys(bundle).sort();
      const stray = files.filter((file) => !file.endsWith('.js'));
      // A separate style sheet has no effect inside a shadow root.
      if (stray.length > 0)
        this.error(`The widget is to be made of scripts only, and not of ${stray.join()}.`);
      // A page may load the script with a query or through a redirect. An import of it by its plain name
      // would then load a second copy.
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
