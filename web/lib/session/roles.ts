import type { RoomStaffMember } from '../../module_bindings/types.ts';

export type Role = 'owner' | 'moderator';

/** Roles by identity in hexadecimal. */
export type Roles = ReadonlyMap<string, Role>;

export function rolesOf(staff: readonly RoomStaffMember[]): Roles {
  return new Map(staff.map(({ identity, role }) => [identity.toHexString(), role as Role]));
}
