/** A Lightning CSS visitor that adapts the widget's styles to a shadow root on any page. */
import type { CustomAtRules, Rule, Selector, SelectorComponent, Visitor } from 'lightningcss';

/** Pixels per `rem` in the styles. On the embedding page, `rem` may have any size. */
const REM = 16;

const isPseudo = (selector: Selector, kind: string): boolean =>
  selector.length === 1 && selector[0]?.type === 'pseudo-class' && selector[0].kind === kind;

const ofRoot: SelectorComponent = { type: 'class', name: 'root' };

/**
 * - Lengths in `rem` become pixels.
 * - Rules for `:root, :host` become rules for `.root`, because a page's own rules override those for the host.
 * - Shadow roots ignore `@property`, with which Tailwind registers its properties. The fallback rules in `@layer
 *   properties` set the same initial values and are used in every browser.
 */
export const shadowStyles: Visitor<CustomAtRules> = {
  Length: ({ unit, value }) => (unit === 'rem' ? { unit: 'px', value: value * REM } : undefined),
  Rule: {
    style(rule) {
      const { selectors } = rule.value;
      const [first, second] = selectors;
      if (selectors.length !== 2 || !first || !second) return undefined;
      if (!isPseudo(first, 'root') || !isPseudo(second, 'host')) return undefined;
      return { type: 'style', value: { ...rule.value, selectors: [[ofRoot]] } };
    },
    property: () => [],
    'layer-block'(rule) {
      if (rule.value.name?.join('.') !== 'properties') return undefined;
      const rules = rule.value.rules.flatMap((inner: Rule) =>
        inner.type === 'supports' ? inner.value.rules : [inner],
      );
      return { type: 'layer-block', value: { ...rule.value, rules } };
    },
  },
};
