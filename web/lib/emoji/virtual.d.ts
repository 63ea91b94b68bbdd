/** Made by `web/vite/emoji-data.ts`. */
declare module 'virtual:emoji/groups' {
  const groups: readonly (readonly string[])[];
  export default groups;
}

declare module 'virtual:emoji/names/*' {
  const names: readonly string[];
  export default names;
}
