// Every page is rendered at build time as `<path>/index.html`, for any static file server.
export const prerender = true;
export const trailingSlash = 'always';
