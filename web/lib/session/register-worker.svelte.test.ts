import { afterEach, expect, it, vi } from 'vitest';
import { registerWorker } from './register-worker.ts';

afterEach(() => {
  Reflect.deleteProperty(navigator, 'serviceWorker');
  Reflect.deleteProperty(document, 'readyState');
});

function serviceWorker(get: () => unknown): void {
  Object.defineProperty(navigator, 'serviceWorker', { configurable: true, get });
}

it('the service worker is registered after the page has loaded', async () => {
  Object.defineProperty(document, 'readyState', { configurable: true, value: 'interactive' });
  const register = vi.fn(() => Promise.resolve());
  serviceWorker(() => Object.assign(new EventTarget(), { register }));
  const registered = registerWorker('/service-worker.js', { type: 'module' });
  expect(register).not.toHaveBeenCalled();
  dispatchEvent(new Event('load'));
  await registered;
  expect(register).toHaveBeenCalledExactlyOnceWith('/service-worker.js', { type: 'module' });
});

it('the page opens the message that the service worker asks for', async () => {
  const worker = Object.assign(new EventTarget(), { register: () => Promise.resolve() });
  serviceWorker(() => worker);
  await registerWorker('/service-worker.js');
  worker.dispatchEvent(new MessageEvent('message', { data: { open: new URL('#m=7', location.href).href } }));
  expect(location.hash).toBe('#m=7');
  worker.dispatchEvent(new MessageEvent('message', { data: null }));
  expect(location.hash).toBe('#m=7');
  history.replaceState(null, '', location.pathname);
});

it.each<[string, () => unknown]>([
  ['has no service workers', () => undefined],
  [
    'refuses it, as Firefox with cookies blocked',
    () => ({ register: () => Promise.reject(securityError()) }),
  ],
  [
    'forbids any access, as in a sandboxed iframe',
    () => {
      throw securityError();
    },
  ],
])('nothing fails where the browser %s', async (_, get) => {
  serviceWorker(get);
  await expect(registerWorker('/service-worker.js')).resolves.toBeUndefined();
});

function securityError(): DOMException {
  return new DOMException('The operation is insecure.', 'SecurityError');
}
