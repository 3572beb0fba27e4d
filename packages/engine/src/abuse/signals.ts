import { type Failure, standsMs, type VerificationEvent } from '@otp-relay/core';
import { isStoreFault, type Material, type Store, type Use } from '@otp-relay/store';
import type { KeyRing, Pepper } from '@otp-relay/vault';
import { createBatcher } from '../batcher.ts';
import type { Clock } from '../clock.ts';
import type { Applied, Change, Corridor } from '../corridor.ts';
import type { Log } from '../log.ts';
import { recipientAad } from '../seals.ts';
import type { Tenants } from '../tenants.ts';
import { abuseKeys, usesOf } from './abuse-keys.ts';
import type { Abuse } from './create-abuse.ts';
import { rulesOf } from './tenant-rules.ts';

export interface SignalPorts {
  readonly store: { readonly abuse: Pick<Store['abuse'], 'noteUsed'> };
  readonly abuse: Pick<Abuse, 'hold'>;
  readonly tenants: Pick<Tenants, 'get'>;
  readonly keys: KeyRing;
  readonly pepper: Pepper;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * A corridor that tells the rules against abuse what they learn from: codes that were used, and what a provider calls
 * traffic pumping. Nobody waits for it, and a signal that is lost is only a signal.
 */
export function withSignals(corridor: Corridor, ports: SignalPorts): Corridor {
  const uses = createBatcher<readonly Use[], undefined>({
    max: 500,
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    async run(batch) {
      await ports.store.abuse.noteUsed(batch.flat());
      return { results: batch.map(() => undefined) };
    },
  });
  const telling = new Set<Promise<unknown>>();
  const soon = (work: Promise<unknown>): void => {
    const told = work
      .catch((fault) => ports.log.warn({ err: fault }, 'a signal about abuse was lost'))
      .finally(() => telling.delete(told));
    telling.add(told);
  };
  return {
    async apply(change) {
      const applied = await corridor.apply(change);
      if (!applied?.changed) return applied;
      if (isUse(change, applied)) soon(noteUse(applied, ports, (it) => uses.add(it)));
      const fraud = fraudIn(change.event);
      if (fraud) soon(noteFraud(applied, fraud, ports));
      return applied;
    },
    async drain() {
      await corridor.drain();
      await Promise.all(telling);
      await uses.drain();
    },
  };
}

/** Used here, or elsewhere and reported. */
const isUse = ({ event }: Change, { verification }: Applied): boolean =>
  (event.type === 'approved' && verification.status === 'approved') ||
  (event.type === 'feedback' && event.converted && verification.status !== 'approved');

const fraudIn = (event: VerificationEvent): Failure | undefined =>
  (event.type === 'refused' || event.type === 'receipt') && event.failure?.kind === 'suspected_fraud'
    ? event.failure
    : undefined;

/** The number a verification went to; undefined for one by mail, or a test. */
export function phoneOf(id: string, material: Material, keys: KeyRing): string | undefined {
  if (material.callingCode === null || material.mode === 'test') return undefined;
  const to: unknown = JSON.parse(keys.open(material.sealedRecipient, recipientAad(id)).reveal());
  const phone = typeof to === 'object' && to !== null && 'phone' in to ? to.phone : undefined;
  return typeof phone === 'string' && phone !== '' ? phone : undefined;
}

async function noteUse(
  { verification, material }: Applied,
  { tenants, pepper, keys }: SignalPorts,
  add: (uses: readonly Use[]) => Promise<unknown>,
): Promise<void> {
  const tenant = await tenants.get(verification.tenantId);
  if (!tenant || !rulesOf(tenant.config).watches(material.country)) return;
  const phone = phoneOf(verification.id, material, keys);
  if (phone !== undefined)
    await add(usesOf(tenant.id, abuseKeys(pepper, phone, material.country), material.createdAt));
}

/** Twilio 30450 and its like: the range of numbers gets no SMS for a while; how long is Twilio's own advice. */
async function noteFraud(
  { verification, material }: Applied,
  failure: Failure,
  { tenants, pepper, keys, abuse, clock }: SignalPorts,
): Promise<void> {
  const tenant = await tenants.get(verification.tenantId);
  const mode = tenant && rulesOf(tenant.config).modeOf('provider_fraud', material.country);
  if (!tenant || mode === undefined || mode === 'allow') return;
  const phone = phoneOf(verification.id, material, keys);
  if (phone === undefined) return;
  const { range: key, prefix: name } = abuseKeys(pepper, phone, material.country);
  const until = clock.now() + standsMs.provider_fraud;
  const detail = { ...(failure.code !== undefined && { code: failure.code }) };
  await abuse.hold([{ tenantId: tenant.id, key, rule: 'provider_fraud', name, until, detail }]);
}
