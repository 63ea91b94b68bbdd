/** Workspace packages are used from their TypeScript sources; `dist/` exists only for publishing. */
export const fromSources = ['source'];

/** Conditions for browser bundles: the sources, then Vite's defaults. */
export const forBrowsers = [...fromSources, 'module', 'browser', 'development|production'];
