/** In place of `spacetimedb-stores/csp`: this client makes no code, whatever the page's Content Security Policy is. */
export function installWithoutEval(): void {}
