import type { Attachment } from 'svelte/attachments';

/**
 * Writes a field's text in the direction of its first letter. An empty field has the direction of its surroundings;
 * `dir="auto"` would place its cursor and placeholder at the left.
 */
export const autoDirection: Attachment<HTMLInputElement | HTMLTextAreaElement> = (field) => {
  const follow = (): void => {
    if (field.value === '') field.removeAttribute('dir');
    else field.dir = 'auto';
  };
  // The reset event fires before the field is emptied.
  const followSoon = (): void => queueMicrotask(follow);
  follow();
  field.addEventListener('input', follow);
  field.form?.addEventListener('reset', followSoon);
  return () => {
    field.removeEventListener('input', follow);
    field.form?.removeEventListener('reset', followSoon);
  };
};
