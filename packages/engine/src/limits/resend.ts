import type { EndUser } from '@otp-relay/contracts';
import { addressesOf } from '../addresses-of.ts';
import type { Commanded } from '../commanded.ts';
import type { Ports } from '../ports.ts';
import { recipientAad } from '../seals.ts';
import { takesOf } from './takes-of.ts';
import { type LimitRefusal, turnAway } from './turn-away.ts';

/** Nothing is sent again while an attempt is on its way, or once delivery was stopped. */
const idle: ReadonlySet<string> = new Set(['queued', 'sending', 'stopped']);

/** A verification that is to be sent once more. */
export interface ResendAsk {
  readonly tenantId: string;
  readonly id: string;
  readonly endUser?: EndUser | undefined;
}

/**
 * Sends once more if limits allow it. What it takes is taken before anything is sent, so that of many who ask at once one
 * is served; it is given back when there was nothing to send (it is final, or on its way already).
 */
export async function resendWithin(
  ask: ResendAsk,
  send: () => Promise<Commanded>,
  ports: Ports,
): Promise<Commanded | LimitRefusal> {
  const { tenantId, id } = ask;
  const { allowance, reserve } = ports.limits;
  const [tenant, to] = await Promise.all([
    ports.tenants.get(tenantId),
    ports.store.ledger.addressee(tenantId, id),
  ]);
  if (!tenant || to?.status !== 'pending') return send();
  if (idle.has(to.delivery)) return 'nothing';
  const { limits } = tenant.config;

  const spent = await allowance.spend({ tenantId, mode: to.mode, limits: limits.tenant });
  if (spent.kind === 'short') return turnAway({ ...spent, tenantId, kind: 'tenant' }, ports);
  const addresses = addressesOf(ports.keys.open(to.sealedRecipient, recipientAad(id)).reveal());
  const takes = takesOf(
    { ...ask, ...addresses, mode: to.mode, purpose: to.purpose, masked: to.recipientMasked },
    limits,
    ports.pepper,
  );
  const { at, ...reserved } = await reserve({ tenantId, takes });
  const refused = reserved.ok ? undefined : takes[reserved.take];
  if (!reserved.ok && refused) {
    allowance.giveBack(spent);
    return turnAway({ ...refused, ...reserved, tenantId, subject: refused.key }, ports);
  }
  const commanded = await send();
  if (commanded !== 'done') {
    allowance.giveBack(spent);
    if (reserved.ok)
      await ports.store.buckets.release([{ ask: { tenantId, takes }, granted: reserved.granted, at }]);
  }
  return commanded;
}
