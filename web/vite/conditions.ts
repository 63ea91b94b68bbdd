/** The workspace packages are used from their TypeScript sources; `dist/` exists only when they are published. */
export const fromSources = ['source'];

/** Those of a bundle for browsers: Vite's own, and the sources. */
export const forBrowsers = [...fromSources, 'module', 'browser', 'development|production'];
