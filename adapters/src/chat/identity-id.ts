import type { Identity } from 'spacetimedb';

/** The identity as 64 hexadecimal digits. The SDK's `toHexString` takes about 20 times as long. */
export function identityId({ __identity__ }: Identity): string {
  return __identity__.toString(16).padStart(64, '0');
}
