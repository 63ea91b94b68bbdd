/**
 * Keeps the browser from leaving the page when someone drops a file on it. Dropped text and links work as usual.
 *
 * @param target the part of the page to watch: an element or the window
 * @param onfiles called when a file was dropped
 * @returns stops it
 */
export function refuseFiles(target: EventTarget, onfiles: () => void): () => void {
  const ondrag = (event: Event): void => {
    const { dataTransfer } = event as DragEvent;
    if (!dataTransfer?.types.includes('Files')) return;
    // A picture of another page is also a link, which a field takes as text.
    const [element] = event.composedPath();
    const isField = element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;
    if (isField && dataTransfer.types.includes('text/uri-list')) return;
    event.preventDefault();
    if (event.type === 'drop') onfiles();
  };
  target.addEventListener('dragover', ondrag);
  target.addEventListener('drop', ondrag);
  return () => {
    target.removeEventListener('dragover', ondrag);
    target.removeEventListener('drop', ondrag);
  };
}
