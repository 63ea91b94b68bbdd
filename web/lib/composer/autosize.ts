import type { Attachment } from 'svelte/attachments';

/** Lets a textarea grow with its text. Browsers that know `field-sizing: content` do it by themselves. */
export const autosize: Attachment<HTMLTextAreaElement> = (area) => {
  if (CSS.supports('field-sizing', 'content')) return;
  const fit = (): void => {
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  };
  // A reset comes before the field is emptied.
  const refit = (): void => void requestAnimationFrame(fit);
  fit();
  area.addEventListener('input', fit);
  area.form?.addEventListener('reset', refit);
  return () => {
    area.removeEventListener('input', fit);
    area.form?.removeEventListener('reset', refit);
  };
};
