import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { frameHeaders, parseFrameAncestors } from './frame-ancestors.ts';

/**
 * Files under these paths (SvelteKit's and the widget's) have a hash of their content in their name, so they never
 * change.
 */
const IMMUTABLE = /^\/(?:_app\/immutable|widget\/chunks)\//;

/** Paths that are meant to be embedded in other pages. */
const FOR_OTHER_PAGES = /^\/(?:embed|widget)(?:\/|$)/;

export interface StaticOptions {
  /** The pages that may frame the site, as in `frame-ancestors` of a Content Security Policy; its own by default. */
  readonly frameAncestors?: string | undefined;
  /** The content of `/config.json`, as JSON; the folder's own file by default. */
  readonly siteConfig?: object | undefined;
}

/**
 * Serves the files of a folder: `/` is `index.html`, `/page` is `page.html`. Clients that accept them get the `.br`
 * and `.gz` files next to them. Missing and hidden files are a plain 404. The folder is read on every request, so
 * that a new build is visible at once; it may even be missing.
 *
 * Other pages may only frame what is under `/embed` and `/widget`, to prevent clickjacking on the rest.
 * @throws {RangeError} when `frameAncestors` is invalid
 */
export function createStaticHandler(folder: string, options: StaticOptions = {}): RequestListener {
  const headersOfPages = frameHeaders(parseFrameAncestors(options.frameAncestors ?? 'self'));
  const setHeaders = (response: ServerResponse, pathname: string): void => {
    setCommonHeaders(response, pathname);
    if (FOR_OTHER_PAGES.test(pathname)) return;
    for (const [name, value] of Object.entries(headersOfPages)) response.setHeader(name, value);
  };
  const config = options.siteConfig && Buffer.from(`${JSON.stringify(options.siteConfig)}\n`);
  const serve = sirv(folder, { dev: true, etag: true, brotli: true, gzip: true, setHeaders });
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'Method not allowed', { allow: 'GET, HEAD' });
    } else if (isHidden(request.url ?? '/')) {
      notFound(response);
    } else if (config && /^\/config\.json(?:\?|$)/.test(request.url ?? '')) {
      setHeaders(response, '/config.json');
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'content-length': config.length,
          'cache-control': 'no-cache',
        })
        .end(request.method === 'HEAD' ? undefined : config);
    } else {
      serveSafely(serve, request, response);
    }
  };
}

function setCommonHeaders(response: ServerResponse, pathname: string): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  // Pages of other origins load the widget, and the files are the same for everyone.
  response.setHeader('Access-Control-Allow-Origin', '*');
  if (IMMUTABLE.test(pathname)) response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
}

/** sirv throws for an invalid range, and crashes the process if a file disappears after it was found. */
function serveSafely(
  serve: ReturnType<typeof sirv>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.once('pipe', (file) => file.once('error', () => response.destroy()));
  try {
    serve(request, response, () => notFound(response));
  } catch {
    if (response.headersSent) response.destroy();
    else answer(response, 400, 'Bad request');
  }
}

/** Does a part of the path start with a dot, however it is encoded? `.well-known` is an exception. */
function isHidden(url: string): boolean {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return true;
  }
  return decoded.split(/[/\\]/).some((part) => part.startsWith('.') && part !== '.well-known');
}

function notFound(response: ServerResponse): void {
  answer(response, 404, 'Not found');
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
}
