import { browserTokens, memoryTokens, type TokenStore } from 'spacetimedb-stores';
import type { TokenStorage } from './spacetimedb-chat.d.ts';

/** Where it is kept who one is: in this browser, in this tab, or nowhere, so that every page is someone new. */
export function tokensIn(storage: TokenStorage): TokenStore {
  if (storage === 'none') return memoryTokens();
  return browserTokens(storage === 'session' ? () => sessionStorage : undefined);
}
