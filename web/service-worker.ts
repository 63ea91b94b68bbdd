/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { base, build, files, version } from '$service-worker';
import { openFromNotification } from './lib/settings/notification-click.ts';

/* Makes the page work offline. Caches only files of this build: the page itself, which is requested from the
   network first so that a new build shows at once, and files whose name or version is unique to the build. */

const worker = self as unknown as ServiceWorkerGlobalScope;

// Caches are shared by the origin, and another site may live under another path.
const prefix = `chat ${base}/ `;
const cacheName = prefix + version;

const page = `${base}/`;
const config = `${base}/config.json`;
// Pictures are for operating systems and link previews, not for the page.
const kept = new Set([...build, ...files].filter((path) => path !== config && !path.endsWith('.png')));

/** How long to wait for the network before the cached page is shown, in milliseconds. */
const NETWORK_TIMEOUT_MS = 5_000;
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
    event.respondWith(fromNetworkFirst(request, page, AbortSignal.timeout(NETWORK_TIMEOUT_MS)));
  } else if (pathname === config) {
    event.respondWith(refreshed(request));
  } else if (kept.has(pathname)) {
    event.respondWith(fromCacheFirst(request, pathname));
  }
  // All other requests, including those to the chat's server, bypass the worker.
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openMessage((event.notification.data as string | null) ?? undefined));
});

/** Shows the message that a notification was about. */
async function openMessage(link: string | undefined): Promise<void> {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const pages = windows.filter(({ url }) => url.startsWith(worker.registration.scope));
  await openFromNotification(link, pages, (address = page) => worker.clients.openWindow(address));
}

async function keepShell(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([page, ...kept].map((url) => new Request(url, { cache: 'no-cache' })));
  // The file is optional.
  await cache.add(new Request(config, { cache: 'no-cache' })).catch(() => undefined);
}

async function forgetOtherBuilds(): Promise<void> {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** Lets a new worker, which waits until all pages are closed, take over when the only page reloads. */
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

/** Falls back to the cache only if offline: a stale file could name another server. */
async function refreshed(request: Request): Promise<Response> {
  const response = await fromNetworkFirst(request, config);
  if (response.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(config, response.clone());
  }
  return response;
}
