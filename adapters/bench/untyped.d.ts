declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string);
    readonly window: Window & typeof globalThis;
  }
}

declare module 'svelte/internal/client' {
  export function push(props: object, runes: boolean): void;
  export function pop(exports: object): object;
}
