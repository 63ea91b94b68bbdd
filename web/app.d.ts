/** What the environment of the build may say; see `+page.svelte`. */
interface ImportMetaEnv {
  readonly PUBLIC_SPACETIMEDB_URI?: string;
  readonly PUBLIC_SPACETIMEDB_DATABASE?: string;
}
