/** Runs while the site is prerendered, and in development. */
import { readFile } from 'node:fs/promises';
import { building } from '$app/environment';
import type { Handle } from '@sveltejs/kit';
import { languages } from './lib/i18n/languages.ts';

/**
 * Writes the files of the languages into the page, in the order of `languages`, so that the script in `app.html` can
 * request the right one while the page's scripts load. Empty for English, and for all in development.
 */
export const handle: Handle = async ({ event, resolve }) => {
  const files = await languageFiles();
  return resolve(event, { transformPageChunk: ({ html }) => html.replace('%languages%', files) });
};

async function languageFiles(): Promise<string> {
  if (!building) return '';
  const manifest = await readFile('.svelte-kit/output/client/.vite/manifest.json', 'utf8').catch(() => '{}');
  const entries = JSON.parse(manifest) as Partial<Record<string, { file: string }>>;
  return languages.map((language) => entries[`web/lib/i18n/${language}.ts`]?.file ?? '').join(' ');
}
