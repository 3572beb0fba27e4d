import { type AddressKind, addressKinds } from '@otp-relay/core';
import type { RecipientKeysOf } from '@otp-relay/store';
import type { KeyRing, Pepper } from '@otp-relay/vault';
import { mailboxOf } from '../limits/takes-of.ts';
import { recipientAad } from '../seals.ts';

/** Names an address for counting wrong checks: one mailbox has one name, however it is spelled. */
export const failureKey = (
  pepper: Pick<Pepper, 'addressKey'>,
  tenantId: string,
  kind: AddressKind,
  address: string,
): Buffer => pepper.addressKey(tenantId, kind, kind === 'email' ? mailboxOf(address) : address);

/** Names every address of a verification: whoever leaves one of them out does not get tries anew. */
export const failureKeysOf =
  ({ keys, pepper }: { readonly keys: KeyRing; readonly pepper: Pepper }): RecipientKeysOf =>
  ({ id, tenantId, sealedRecipient }) => {
    const to = JSON.parse(keys.open(sealedRecipient, recipientAad(id)).reveal()) as Record<
      AddressKind,
      string
    >;
    return addressKinds.flatMap((kind) =>
      to[kind] === '' ? [] : [failureKey(pepper, tenantId, kind, to[kind])],
    );
  };
