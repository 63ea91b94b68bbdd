/** Build-time environment variables; see `+page.svelte`. */
interface ImportMetaEnv {
  readonly PUBLIC_SPACETIMEDB_URI?: string;
  readonly PUBLIC_SPACETIMEDB_DATABASE?: string;
}
