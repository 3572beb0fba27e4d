import type { Purpose } from '@otp-relay/core';
import type { Store, Unlocked } from '@otp-relay/store';
import type { Pepper } from '@otp-relay/vault';
import { readRecipient } from '../recipient.ts';
import { failureKey } from './failure-keys.ts';

export type RecipientUnlocked =
  | { readonly kind: 'unlocked'; readonly masked: string; readonly wiped: Unlocked }
  /** No failures are remembered. */
  | { readonly kind: 'nothing'; readonly masked: string }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Lets a recipient of a tenant try again for one purpose, by phone (E.164) or mailbox; the audit tells `by` whom. */
export async function unlockRecipient(
  { store, pepper }: { readonly store: Pick<Store, 'checks'>; readonly pepper: Pepper },
  ask: {
    readonly tenantId: string;
    readonly recipient: string;
    readonly purpose: Purpose;
    readonly by: string;
  },
): Promise<RecipientUnlocked> {
  const kind = ask.recipient.includes('@') ? 'email' : 'phone';
  const recipient = readRecipient({ [kind]: ask.recipient });
  if ('problem' in recipient) return { kind: 'invalid', problem: recipient.problem.problem };
  const { masked } = recipient;
  const wiped = await store.checks.unlock({
    tenantId: ask.tenantId,
    recipientKey: failureKey(pepper, ask.tenantId, kind, recipient[kind] ?? ''),
    purpose: ask.purpose,
    by: ask.by,
  });
  return wiped ? { kind: 'unlocked', masked, wiped } : { kind: 'nothing', masked };
}
