import type { Attachment } from 'svelte/attachments';

/**
 * Lets the page put something of its own in place of what the element holds. Svelte takes `<slot>` for its own, and an
 * element whose name is not known beforehand brings 3 kB along.
 */
export function slotted(name: string): Attachment<HTMLElement> {
  return (element) => {
    const slot = document.createElement('slot');
    slot.name = name;
    slot.append(...element.childNodes);
    element.append(slot);
  };
}
