import type { Attachment } from 'svelte/attachments';

/**
 * Creates a `<slot>` through which the page can replace the element's content. Written by hand, because
 * Svelte treats `<slot>` specially and `<svelte:element>` costs 3 kB.
 *
 * @param isOptional hides the element while the page puts nothing into the slot
 */
export function slotted(name: string, isOptional = false): Attachment<HTMLElement> {
  return (element) => {
    const slot = document.createElement('slot');
    slot.name = name;
    slot.append(...element.childNodes);
    element.append(slot);
    if (!isOptional) return;
    const update = (): void => {
      element.hidden = slot.assignedNodes().length === 0;
    };
    update();
    slot.addEventListener('slotchange', update);
  };
}
