import type { Notice } from '@otp-relay/channels';
import { standsMs, verificationIdOf } from '@otp-relay/core';
import type { Corridor } from '../corridor.ts';
import type { Ports } from '../ports.ts';
import { abuseKeys, notRequestedRule } from './abuse-keys.ts';
import { phoneOf } from './signals.ts';
import { rulesOf } from './tenant-rules.ts';

/**
 * Somebody tapped "I didn't request a code": the verification ends, and the same purpose rests for that person for a day.
 * The tap names the message by the provider's id; one that is not ours, or of another account, means nothing.
 */
export async function takeNotRequested(
  notices: readonly Notice[],
  { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string },
  corridor: Corridor,
  ports: Pick<Ports, 'store' | 'tenants' | 'abuse' | 'keys' | 'pepper' | 'clock'>,
): Promise<void> {
  const refs = notices.flatMap(({ type, attemptRef }) =>
    type === 'did_not_request_code' && attemptRef !== undefined ? [attemptRef] : [],
  );
  if (refs.length === 0) return;
  const tenant = await ports.tenants.get(tenantId);
  const attempts = await ports.store.ledger.locateByProviderRef(tenantId, accountId, refs);
  for (const attemptId of new Set(attempts.values())) {
    const id = verificationIdOf(attemptId);
    if (id === undefined || !tenant) continue;
    const applied = await corridor.apply({
      id,
      event: { type: 'canceled', by: 'user' },
      guard: (verification) =>
        verification.tenantId === tenantId &&
        verification.attempts.some((one) => one.id === attemptId && one.account === accountId),
    });
    const phone = applied && phoneOf(id, applied.material, ports.keys);
    const mode = rulesOf(tenant.config).modeOf('not_requested', applied?.material.country ?? null);
    if (!applied || phone === undefined || mode === 'allow') continue;
    const { purpose } = applied.verification;
    await ports.abuse.hold([
      {
        tenantId,
        key: abuseKeys(ports.pepper, phone, null).range,
        rule: notRequestedRule(ports.pepper, tenantId, phone, purpose),
        name: `${phone.slice(0, 3)}••• ${phone.slice(-2)}`,
        until: ports.clock.now() + standsMs.not_requested,
        detail: { purpose, account: accountId },
      },
    ]);
  }
}
