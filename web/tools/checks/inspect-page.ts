/**
 * Searches the page and its open shadow roots for anything that text must not become. Runs in the page, so it must not
 * use anything outside its body.
 *
 * @returns one line per finding
 */
export function inspectPage(): string[] {
  const found: string[] = [];
  /** Elements that contain messages, names and announcements. */
  const texts = '[role=log] article, [role=log] p, aside li, [aria-live=polite] p, bdi';
  const madeOf = new Set([
    'a',
    'article',
    'bdi',
    'blockquote',
    'button',
    'circle',
    'code',
    'del',
    'div',
    'em',
    'g',
    'li',
    'mark',
    'ol',
    'p',
    'path',
    'pre',
    'span',
    'strong',
    'svg',
    'time',
    'ul',
  ]);
  const never =
    'applet, audio, base, embed, foreignObject, form[action], frame, iframe, img, image, marquee, math, object, video, [formaction], [srcdoc]';

  const name = (element: Element): string => element.outerHTML.slice(0, 120);
  const look = (root: Document | ShadowRoot): void => {
    for (const element of root.querySelectorAll(never)) found.push(`must not be here: ${name(element)}`);
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) look(element.shadowRoot);
      lookAtAttributes(element);
    }
    for (const text of root.querySelectorAll(texts)) {
      for (const element of [text, ...text.querySelectorAll('*')]) {
        if (!madeOf.has(element.localName)) found.push(`made of a text: ${name(element)}`);
        const style = element.getAttribute('style');
        if (style && !/^--hue: ?\d+;?$/.test(style)) found.push(`styled by a text: ${name(element)}`);
      }
    }
    for (const text of root.querySelectorAll(
      'bdi, [aria-live=polite] p, [role=log] article [dir=auto] mark',
    )) {
      if (text.childElementCount > 0) found.push(`not only text: ${name(text)}`);
    }
    for (const inside of root.querySelectorAll('[role=log] article [dir=auto] a *')) {
      if (!['code', 'del', 'em', 'strong'].includes(inside.localName))
        found.push(`in a link: ${name(inside)}`);
    }
    for (const text of root.querySelectorAll('[role=log] bdi, [role=log] [dir=auto]')) {
      const { unicodeBidi } = getComputedStyle(text);
      if (!/^(?:isolate|plaintext)/.test(unicodeBidi)) found.push(`turns what is around it: ${name(text)}`);
    }
    for (const link of root.querySelectorAll<HTMLAnchorElement>('[role=log] a')) {
      if (!/^(?:https?|mailto):$/.test(link.protocol)) found.push(`leads out of the web: ${name(link)}`);
      if (
        !['noopener', 'noreferrer'].every((word) => link.relList.contains(word)) ||
        link.target !== '_blank'
      ) {
        found.push(`hands the page over: ${name(link)}`);
      }
    }
  };

  const lookAtAttributes = (element: Element): void => {
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute)) found.push(`a handler in an attribute: ${name(element)}`);
      if (!/^(?:href|src|action|xlink:href|data|poster|ping)$/i.test(attribute)) continue;
      const { protocol } = new URL(value, document.baseURI);
      // Only the page's own icons may be data URLs.
      const isMail = protocol === 'mailto:' && attribute === 'href' && element.localName === 'a';
      if (!/^https?:$/.test(protocol) && !isMail && element.localName !== 'link') {
        found.push(`an address that is not on the web: ${name(element)}`);
      }
    }
  };

  look(document);
  return found;
}
