/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { base, build, files, version } from '$service-worker';

/*
 * Makes the page open without a network, and stay out of the way with one. Only what belongs to this very build is kept: the page, asked of the network
 * first, so that a new build shows at once; and its files, whose names or version tell them from those of any other build.
 */

const worker = self as unknown as ServiceWorkerGlobalScope;

// Another site may live under another path of the same origin, and the caches are the origin's.
const prefix = `chat ${base}/ `;
const cacheName = prefix + version;

const page = `${base}/`;
const config = `${base}/config.json`;
// Pictures are for systems and link previews, not for the page.
const kept = new Set([...build, ...files].filter((path) => path !== config && !path.endsWith('.png')));

/** So long a network may take for the page before the kept one is shown. */
const PATIENCE_MS = 5_000;
const TAKE_OVER = 'take over';

worker.addEventListener('install', (event) => event.waitUntil(keepShell()));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOtherBuilds()));

worker.addEventListener('message', ({ data }) => {
  if (data === TAKE_OVER) void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname !== page && pathname !== `${page}index.html`) return;
    event.waitUntil(letNewBuildIn());
    event.respondWith(fromNetworkFirst(request, page, AbortSignal.timeout(PATIENCE_MS)));
  } else if (pathname === config) {
    event.respondWith(refreshed(request));
  } else if (kept.has(pathname)) {
    event.respondWith(fromCacheFirst(request, pathname));
  }
  // The rest, and with it all that is the server's, is as if there were no worker.
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(bringToFront());
});

/** The page that is open, or a new one: what was notified of is there. */
async function bringToFront(): Promise<unknown> {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find(({ url }) => url.startsWith(worker.registration.scope));
  return open ? open.focus() : worker.clients.openWindow(page);
}

async function keepShell(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([page, ...kept].map((url) => new Request(url, { cache: 'no-cache' })));
  // A site need not have this file.
  await cache.add(new Request(config, { cache: 'no-cache' })).catch(() => undefined);
}

async function forgetOtherBuilds(): Promise<void> {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** A worker waits until no page of the old build is left. On a reload of the only one that is now. */
async function letNewBuildIn(): Promise<void> {
  const { waiting } = worker.registration;
  if (!waiting) return;
  const pages = await worker.clients.matchAll({ type: 'window' });
  if (pages.length <= 1) waiting.postMessage(TAKE_OVER);
}

async function fromCacheFirst(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(url)) ?? fetch(request);
}

async function fromNetworkFirst(request: Request, url: string, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(request, signal && { signal });
  } catch (error) {
    const cache = await caches.open(cacheName);
    const known = await cache.match(url);
    if (known) return known;
    throw error;
  }
}

/** From the network; the last known one only where there is none, so that the page does not take another server for its own. */
async function refreshed(request: Request): Promise<Response> {
  const response = await fromNetworkFirst(request, config);
  if (response.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(config, response.clone());
  }
  return response;
}
