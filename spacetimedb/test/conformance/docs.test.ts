/**
 * `docs/host.md` is generated from the list of differences by `npx vitest run --project node
 * spacetimedb/test/conformance/docs -u`.
 */
import path from 'node:path';
import { expect, test } from 'vitest';
import { readDifferences, type Difference } from './suite.ts';

const SECTIONS: readonly (readonly [Difference['kind'], heading: string])[] = [
  ['on purpose', 'On purpose'],
  ['missing', 'Missing'],
  ['detail', 'Details'],
];

function page(differences: readonly Difference[]): string {
  const sections = SECTIONS.map(([kind, heading]) => {
    const items = differences
      .filter((difference) => difference.kind === kind)
      .map(({ what, why }) => `- **${what}.** ${why}\n`);
    return `## ${heading}\n\n${items.join('')}`;
  });
  return `# How the embedded host differs from SpacetimeDB

The same module, the same SDK and the same command line work with both. \`spacetimedb/test/conformance\` sends the requests
of \`spacetimedb/test/recorded\` to the embedded host and compares its answers with those of a SpacetimeDB 2.8.3 server. What
differs is listed in \`spacetimedb/test/conformance/differences.json\`, from which this page is made
(\`npx vitest run --project node spacetimedb/test/conformance/docs -u\`).

${sections.join('\n')}`;
}

test('docs/host.md matches the list of differences', async () => {
  const file = path.join(import.meta.dirname, '../../../docs/host.md');
  await expect(page(readDifferences())).toMatchFileSnapshot(file);
});
