/**
 * Returns the origin from which the page includes the widget's script: the default server. A redirect, or a copy of the
 * files elsewhere, does not change it. Undefined if the page was not loaded from a web server.
 *
 * @param own the address of a file of the widget, used if no script element of the page includes it
 */
export function scriptOrigin(own: string, page: ParentNode = document): string | undefined {
  const scripts = [...page.querySelectorAll<HTMLScriptElement>('script[src]')];
  const included = scripts.map(({ src }) => src).find((src) => /\/spacetimedb-chat\.js(?:$|[?#])/.test(src));
  return [included, own]
    .filter((url) => url !== undefined)
    .map(originOf)
    .find((origin) => origin !== undefined);
}

function originOf(url: string): string | undefined {
  return /^https?:/.test(url) ? new URL(url).origin : undefined;
}
