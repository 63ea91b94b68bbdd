import css from './widget.css?inline';

let sheet: CSSStyleSheet | undefined;

/**
 * The widget's style sheet, created once for all elements. Constructed sheets are not subject to the page's
 * Content Security Policy.
 */
export function widgetSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
