import type { Notice, Receipt, WebhookRequest } from '@otp-relay/channels';
import { shelf } from '@otp-relay/channels';
import { type ProviderName, providers, verificationIdOf } from '@otp-relay/core';
import { isStoreFault, type RawReceipt } from '@otp-relay/store';
import { takeNotRequested } from './abuse/not-requested.ts';
import { type Batcher, createBatcher, patienceOf } from './batcher.ts';
import type { Corridor } from './corridor.ts';
import type { Ports } from './ports.ts';
import type { OpenAccount } from './tenants.ts';

/** How to answer a provider. Anything but `taken` and `challenge` makes it try again or report us. */
export type WebhookAnswer =
  | { readonly kind: 'taken'; readonly receipts: number; readonly ignored: number }
  | { readonly kind: 'challenge'; readonly body: string }
  | { readonly kind: 'refused'; readonly status: 400 | 401 | 403 | 404 | 413; readonly reason: string };

export interface WebhookAddress {
  readonly provider: string;
  readonly tenantId: string;
  readonly accountId: string;
}

export interface WebhookDoor {
  /** Verifies, normalises, applies; resolves once every receipt is committed, so that a lost answer is sent again. */
  take(address: WebhookAddress, request: WebhookRequest): Promise<WebhookAnswer>;
  drain(): Promise<void>;
}

const isProvider = (name: string): name is ProviderName => (providers as readonly string[]).includes(name);

export function createWebhookDoor(corridor: Corridor, ports: Ports): WebhookDoor {
  const raws = createBatcher<RawReceipt, boolean>({
    max: 1_000,
    gathering: { patience: () => patienceOf.receipt, clock: ports.clock },
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    run: async (rows) => ({ results: await ports.store.receipts.record(rows) }),
  });
  return {
    async take(address, request) {
      const answer = await take(address, request, corridor, ports, raws);
      if (answer.kind === 'refused' && isProvider(address.provider))
        ports.tally.webhookRefused(address.provider, answer.status);
      return answer;
    },
    drain: () => raws.drain(),
  };
}

async function take(
  address: WebhookAddress,
  request: WebhookRequest,
  corridor: Corridor,
  ports: Ports,
  raws: Batcher<RawReceipt, boolean>,
): Promise<WebhookAnswer> {
  if (!isProvider(address.provider)) return { kind: 'refused', status: 404, reason: 'no such webhook' };
  const tenant = await ports.tenants.get(address.tenantId);
  const account = tenant?.accounts.get(address.accountId);
  const provider = shelf[address.provider];
  const ours = account?.provider === address.provider ? account : undefined;
  // An account that does not exist is judged as a stranger's: nobody learns which accounts do.
  const outcome = provider.webhook(request, ours ? ours.account : provider.stranger);
  if (outcome.kind !== 'receipts') return outcome;
  if (!ours) throw new Error(`somebody knows the secret of the stranger's ${address.provider} account`);
  for (const notice of outcome.notices) tellNotice(notice, address, ports);
  await takeNotRequested(outcome.notices, address, corridor, ports);

  const attempts = await locate(outcome.receipts, address, ports);
  const applied = await Promise.all(
    outcome.receipts.map((receipt, index) =>
      takeOne(receipt, attempts[index], address, ours, corridor, ports, raws),
    ),
  );
  const taken = applied.filter(Boolean).length;
  return { kind: 'taken', receipts: taken, ignored: applied.length - taken };
}

/** The attempt id each receipt is about: it travelled with the message, or the provider's own id finds it. */
async function locate(
  receipts: readonly Receipt[],
  address: WebhookAddress,
  ports: Ports,
): Promise<readonly (string | undefined)[]> {
  const refs = receipts.flatMap((r) =>
    r.attemptId === undefined && r.providerRef !== undefined ? [r.providerRef] : [],
  );
  const found =
    refs.length > 0
      ? await ports.store.ledger.locateByProviderRef(address.tenantId, address.accountId, refs)
      : new Map<string, string>();
  return receipts.map(
    (r) => r.attemptId ?? (r.providerRef === undefined ? undefined : found.get(r.providerRef)),
  );
}

async function takeOne(
  receipt: Receipt,
  attemptId: string | undefined,
  address: WebhookAddress,
  account: OpenAccount,
  corridor: Corridor,
  ports: Ports,
  raws: Batcher<RawReceipt, boolean>,
): Promise<boolean> {
  ports.tally.receipt(account.provider, receipt.status);
  const verificationId = attemptId === undefined ? undefined : verificationIdOf(attemptId);
  const recording = raws.add({
    tenantId: address.tenantId,
    account: address.accountId,
    provider: account.provider,
    dedupKey: receipt.dedupKey,
    attemptId: attemptId ?? null,
    providerRef: receipt.providerRef ?? null,
    status: receipt.status,
    at: receipt.at ?? null,
    raw: receipt.raw,
  });
  // Applied even when it is a copy: the first may have been recorded by a process that died before applying it.
  const applying =
    attemptId === undefined || verificationId === undefined
      ? undefined
      : corridor.apply({
          id: verificationId,
          event: {
            type: 'receipt',
            attemptId,
            status: receipt.status,
            ...(receipt.failure && { failure: receipt.failure }),
            ...(receipt.providerRef !== undefined && { providerRef: receipt.providerRef }),
            ...(receipt.at !== undefined && { at: receipt.at }),
          },
          // A signed webhook speaks for its own account only.
          guard: (verification) =>
            verification.tenantId === address.tenantId &&
            verification.attempts.some((a) => a.id === attemptId && a.account === address.accountId),
        });
  const [firstTime, applied] = await Promise.all([recording, applying]);
  if (firstTime && receipt.failure?.kind === 'unknown' && receipt.failure.code !== undefined)
    await ports.store.unknownCodes.count({
      tenantId: address.tenantId,
      provider: account.provider,
      code: receipt.failure.code,
    });
  return applied !== undefined;
}

function tellNotice(notice: Notice, address: WebhookAddress, ports: Ports): void {
  ports.log.warn(
    { tenant: address.tenantId, account: address.accountId, notice: notice.type, ...notice.detail },
    'the provider told us something',
  );
}
