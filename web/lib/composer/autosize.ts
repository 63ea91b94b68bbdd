import type { Attachment } from 'svelte/attachments';

/** Grows a textarea with its text, for browsers without `field-sizing: content`. */
export const autosize: Attachment<HTMLTextAreaElement> = (area) => {
  if (CSS.supports('field-sizing', 'content')) return;
  const fit = (): void => {
    // The field is small while it is measured. If its surroundings followed, the list above would lose its end.
    const holder = area.parentElement;
    if (holder) holder.style.height = `${holder.offsetHeight}px`;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
    if (holder) holder.style.height = '';
  };
  // The reset event fires before the field is emptied.
  const refit = (): void => void requestAnimationFrame(fit);
  fit();
  area.addEventListener('input', fit);
  area.form?.addEventListener('reset', refit);
  return () => {
    area.removeEventListener('input', fit);
    area.form?.removeEventListener('reset', refit);
  };
};
