import { render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import CopyButton from './CopyButton.svelte';

const children = createRawSnippet(() => ({ render: () => '<span>Copy</span>' }));

afterEach(() => {
  Reflect.deleteProperty(navigator, 'clipboard');
  Reflect.deleteProperty(document, 'execCommand');
});

function clipboard(value: unknown): void {
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value });
}

/** Returns the text copied by the older method, which copies the selection. */
function execCommand(succeeds: boolean): string[] {
  const copied: string[] = [];
  Object.defineProperty(document, 'execCommand', {
    configurable: true,
    value: (command: string) => {
      const field = document.activeElement as HTMLTextAreaElement;
      if (command === 'copy') copied.push(field.value.slice(field.selectionStart, field.selectionEnd));
      return succeeds;
    },
  });
  return copied;
}

function press(): HTMLElement {
  render(CopyButton, { text: 'the text', label: 'Copy the text', children });
  const button = screen.getByRole('button', { name: 'Copy the text' });
  button.focus();
  button.click();
  return button;
}

it('the button copies its text and says so', async () => {
  const writeText = vi.fn(() => Promise.resolve());
  clipboard({ writeText });
  press();
  expect(await screen.findByRole('button', { name: 'Copied' })).toBeVisible();
  expect(writeText).toHaveBeenCalledExactlyOnceWith('the text');
});

describe.each([
  ['the page is not secure and has no clipboard', undefined],
  [
    'the browser refuses the clipboard',
    { writeText: () => Promise.reject(new DOMException('No.', 'NotAllowedError')) },
  ],
])('where %s', (_, value) => {
  it('the button still copies its text and keeps the focus', async () => {
    clipboard(value);
    const copied = execCommand(true);
    const button = press();
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeVisible();
    expect(copied).toEqual(['the text']);
    expect(button).toHaveFocus();
    expect(document.querySelector('textarea')).toBeNull();
  });

  it('the button says that nothing was copied if that fails too', async () => {
    clipboard(value);
    execCommand(false);
    press();
    expect(await screen.findByRole('button', { name: 'Not copied' })).toBeVisible();
  });
});

it('the button says that nothing was copied in a browser without either method', async () => {
  clipboard(undefined);
  press();
  expect(await screen.findByRole('button', { name: 'Not copied' })).toBeVisible();
});
