import type { Attachment } from 'svelte/attachments';

/** Distance from the anchor, in CSS pixels. */
const GAP = 4;

/** Sets `--top` of a popover to the place below another element, whenever it opens. */
export function below(anchor: () => Element | undefined): Attachment<HTMLElement> {
  return (popover) => {
    const place = (): void => {
      const bottom = anchor()?.getBoundingClientRect().bottom ?? 0;
      popover.style.setProperty('--top', `${bottom + GAP}px`);
    };
    popover.addEventListener('beforetoggle', place);
    return () => popover.removeEventListener('beforetoggle', place);
  };
}
