import { type AddressKind, purposes } from '@otp-relay/core';
import type { Pepper } from '@otp-relay/vault';
import { personKey } from '../abuse/abuse-keys.ts';
import { failureKey } from '../checking/failure-keys.ts';
import { limitKey, mailboxOf } from '../limits/takes-of.ts';

/** Every keyed hash under which counters, limits and rules may know an address. */
export function keysOf(tenantId: string, kind: AddressKind, address: string, pepper: Pepper): Buffer[] {
  const limited = kind === 'phone' ? address : mailboxOf(address);
  return [
    pepper.addressKey(tenantId, kind, address),
    failureKey(pepper, tenantId, kind, address),
    ...(['live', 'test'] as const).map((mode) => limitKey({ tenantId, mode }, kind, limited, pepper)),
    ...(kind === 'phone' ? purposes.map((purpose) => personKey(pepper, tenantId, address, purpose)) : []),
  ];
}
