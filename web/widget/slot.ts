import type { Attachment } from 'svelte/attachments';

/**
 * Creates a `<slot>` through which the page can replace the element's content. Written by hand, because
 * Svelte treats `<slot>` specially and `<svelte:element>` costs 3 kB.
 */
export function slotted(name: string): Attachment<HTMLElement> {
  return (element) => {
    const slot = document.createElement('slot');
    slot.name = name;
    slot.append(...element.childNodes);
    element.append(slot);
  };
}
