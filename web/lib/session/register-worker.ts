/** The worker asks the page to open the message of a notification that was clicked. */
function openLink({ data }: MessageEvent<{ readonly open?: unknown } | null>): void {
  if (typeof data?.open === 'string') location.assign(data.open);
}

/**
 * Registers the service worker once the page has loaded. Without it, the page works online only: browsers have no
 * workers on pages that are not secure, and refuse them to pages that may not store anything.
 *
 * @param script the worker's URL
 */
export async function registerWorker(script: string, options: RegistrationOptions = {}): Promise<void> {
  if (document.readyState !== 'complete') {
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  }
  try {
    await navigator.serviceWorker?.register(script, options);
    navigator.serviceWorker?.addEventListener('message', openLink);
  } catch {
    // Refused.
  }
}
