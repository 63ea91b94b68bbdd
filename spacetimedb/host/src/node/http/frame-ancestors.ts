/**
 * Reads who may frame a page, as in the directive `frame-ancestors` of a Content Security Policy.
 *
 * @param text sources with spaces between, such as `self https://example.com`; quotes around keywords may be left out
 * @returns the directive's value
 * @throws {RangeError} with a sentence that says what is wrong
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

/** A keyword, a scheme or a host; nothing that could end the directive or the header. */
const SOURCE = /^(?:'self'|'none'|[a-z][a-z0-9+.-]*:|(?:[a-z][a-z0-9+.-]*:\/\/)?[a-z0-9*.[\]:-]+)$/i;

/**
 * The headers that say who may frame a page; old browsers know only `X-Frame-Options`, which can say less.
 *
 * @param ancestors as {@link parseFrameAncestors} returns it
 */
export function frameHeaders(ancestors: string): Readonly<Record<string, string>> {
  const policy = { 'Content-Security-Policy': `frame-ancestors ${ancestors}` };
  if (ancestors === "'self'") return { ...policy, 'X-Frame-Options': 'SAMEORIGIN' };
  if (ancestors === "'none'") return { ...policy, 'X-Frame-Options': 'DENY' };
  return policy;
}
