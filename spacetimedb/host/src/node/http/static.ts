import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { frameHeaders, parseFrameAncestors } from './frame-ancestors.ts';

/** Files under these paths (SvelteKit's, and the widget's) carry a hash of their content in their name, so they never change. */
const IMMUTABLE = /^\/(?:_app\/immutable|widget\/chunks)\//;

/** What is made to be shown inside other people's pages. */
const FOR_OTHER_PAGES = /^\/(?:embed|widget)(?:\/|$)/;

export interface StaticOptions {
  /** Which pages may frame the site, as in `frame-ancestors` of a Content Security Policy; its own when absent. */
  readonly frameAncestors?: string | undefined;
  /** What `/config.json` says, as JSON; the folder's own file when absent. */
  readonly siteConfig?: object | undefined;
}

/**
 * Serves the files of a folder: `/` is `index.html`, `/page` is `page.html`; `.br` and `.gz` files beside them go to
 * clients that take them. What is not there is a plain 404, and hidden files are not there. The folder is looked at on
 * every request, so that a new build shows at once; it may even be missing.
 *
 * Other pages may frame what is under `/embed` and `/widget`, so that nobody is made to click on the rest unawares.
 * @throws {RangeError} when `frameAncestors` makes no sense
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
  // The widget is loaded by pages of other origins; nothing here depends on who asks.
  response.setHeader('Access-Control-Allow-Origin', '*');
  if (IMMUTABLE.test(pathname)) response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
}

/** sirv lets an impossible range throw, and a file that vanishes after it was found end the process. */
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

/** Whether a part of the path starts with a dot, however it is written; a public folder for proofs is the exception. */
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
