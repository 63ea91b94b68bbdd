/**
 * Parses which pages may frame the site, as in the directive `frame-ancestors` of a Content Security Policy.
 *
 * @param text sources separated by spaces, such as `self https://example.com`; keywords need no quotes
 * @returns the directive's value
 * @throws {RangeError} with a message that explains the problem
 */
export function parseFrameAncestors(text: string): string {
  const sources = text.split(/\s+/).filter(Boolean);
  if (sources.length === 0 || !sources.every((source) => SOURCE.test(source))) {
    throw new RangeError(
      `'${text}' does not say who may frame the site: it is 'self', 'none', '*' or origins such as https://example.com, with spaces between`,
    );
  }
  return sources
    .map((source) => (/^(?:self|none)$/i.test(source) ? `'${source.toLowerCase()}'` : source))
    .join(' ');
}

/** A keyword, a scheme or a host. Nothing that could end the directive or the header. */
const SOURCE = /^(?:'self'|'none'|[a-z][a-z0-9+.-]*:|(?:[a-z][a-z0-9+.-]*:\/\/)?[a-z0-9*.[\]:-]+)$/i;

/**
 * The headers that restrict framing. Old browsers only support `X-Frame-Options`, which is less precise.
 *
 * @param ancestors a result of {@link parseFrameAncestors}
 */
export function frameHeaders(ancestors: string): Readonly<Record<string, string>> {
  const policy = { 'Content-Security-Policy': `frame-ancestors ${ancestors}` };
  if (ancestors === "'self'") return { ...policy, 'X-Frame-Options': 'SAMEORIGIN' };
  if (ancestors === "'none'") return { ...policy, 'X-Frame-Options': 'DENY' };
  return policy;
}
