// Static files only: every page is rendered at build time, and served as `<path>/index.html` by any file server.
export const prerender = true;
export const trailingSlash = 'always';
