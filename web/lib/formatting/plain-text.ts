import type { Block, Inline } from './parse.ts';

/** Returns the text of a formatted message, with a line for each block. */
export function plainText(blocks: readonly Block[]): string {
  return blocks.map(textOfBlock).join('\n');
}

function textOfBlock(block: Block): string {
  switch (block.type) {
    case 'text':
      return textOf(block.children);
    case 'code':
      return block.text;
    case 'quote':
      return plainText(block.children);
    case 'list':
      return block.items.map(plainText).join('\n');
  }
}

/** Returns the text of formatted text, with the hosts that are shown beside links. */
export function textOf(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text' || node.type === 'code') return node.text;
      const text = textOf(node.children);
      return node.type === 'link' && node.target.shown !== undefined
        ? `${text} (${node.target.shown})`
        : text;
    })
    .join('');
}
