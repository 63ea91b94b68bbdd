import type { Identity } from 'spacetimedb';

/** The identity as 64 hexadecimal digits. `toHexString` of the SDK takes some 20 times as long. */
export function identityId({ __identity__ }: Identity): string {
  return __identity__.toString(16).padStart(64, '0');
}
