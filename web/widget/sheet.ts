import css from './widget.css?inline';

let sheet: CSSStyleSheet | undefined;

/** The styles of the widget, made once for all of them. A page's Content Security Policy has no say in such sheets. */
export function widgetSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
