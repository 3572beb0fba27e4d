import { type Attempt, transition, type Verification, type VerificationEvent } from '@otp-relay/core';
import { addressesOf } from '../addresses-of.ts';
import type { Corridor } from '../corridor.ts';
import type { LimitRefusal } from '../limits/turn-away.ts';
import type { Ports } from '../ports.ts';
import { readRecipient } from '../recipient.ts';
import { recipientAad } from '../seals.ts';

/** A verification of a tenant of which something is to be sent now. */
export interface SendAgain {
  readonly tenantId: string;
  readonly id: string;
  readonly event: Extract<VerificationEvent, { type: 'next' | 'resend' }>;
  /** With `next`: the attempt to leave; another one being current, nothing is sent. */
  readonly attempt?: string | undefined;
}

/**
 * Asks the rules about the message that a command would send, on its channel: a block may have come up since the
 * verification was made, and whoever asks again and again earns no less than who asks anew. Undefined: nothing is against
 * it, or nothing would be sent.
 */
export async function screenCommand(
  ask: SendAgain,
  corridor: Pick<Corridor, 'apply'>,
  ports: Pick<Ports, 'abuse' | 'tenants' | 'store' | 'keys' | 'clock'>,
): Promise<LimitRefusal | undefined> {
  const { tenantId, id } = ask;
  const [tenant, to] = await Promise.all([
    ports.tenants.get(tenantId),
    ports.store.ledger.addressee(tenantId, id),
  ]);
  if (!tenant || to?.status !== 'pending') return undefined;
  const verification = await read(ask, corridor);
  const attempt = verification && nextAttempt(verification, ask, ports.clock.now());
  const step = attempt && verification.steps[attempt.step];
  if (!step) return undefined;
  const recipient = readRecipient(
    addressesOf(ports.keys.open(to.sealedRecipient, recipientAad(id)).reveal()),
  );
  if ('problem' in recipient) return undefined;
  const screened = await ports.abuse.screenAgain({
    tenant,
    request: { purpose: verification.purpose },
    recipient,
    steps: [step],
    mode: to.mode,
    source: 'http',
    verificationId: id,
  });
  return screened.kind === 'refused' ? screened : undefined;
}

/** As it stands: a change that is refused changes nothing. */
async function read(
  { tenantId, id, event }: SendAgain,
  corridor: Pick<Corridor, 'apply'>,
): Promise<Verification | undefined> {
  let found: Verification | undefined;
  await corridor.apply({
    id,
    event,
    guard(verification) {
      if (verification.tenantId === tenantId) found = verification;
      return false;
    },
  });
  return found;
}

/** The attempt that the command would make. */
function nextAttempt(before: Verification, { event, attempt }: SendAgain, now: number): Attempt | undefined {
  if (attempt !== undefined && attempt !== before.currentId) return undefined;
  const { verification } = transition(before, event, now);
  const { currentId, attempts } = verification;
  const next = attempts.find((one) => one.id === currentId);
  return currentId === before.currentId || next?.state !== 'queued' ? undefined : next;
}
