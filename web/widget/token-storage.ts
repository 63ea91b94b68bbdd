import { browserTokens, memoryTokens, type TokenStore } from 'spacetimedb-stores';
import type { TokenStorage } from './spacetimedb-chat.d.ts';

/** Returns the token store: this browser, this tab, or nothing, so that every page load is a new person. */
export function tokensIn(storage: TokenStorage): TokenStore {
  if (storage === 'none') return memoryTokens();
  return browserTokens(storage === 'session' ? () => sessionStorage : undefined);
}
