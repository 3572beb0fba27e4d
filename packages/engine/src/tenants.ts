import type { Sender } from '@otp-relay/channels';
import { shelf } from '@otp-relay/channels';
import { channelOf, type StepConfig, type TenantConfig, tenantConfig } from '@otp-relay/contracts';
import type { ProviderName, TenantRoute, TenantStep } from '@otp-relay/core';
import type { Store } from '@otp-relay/store';
import type { KeyRing } from '@otp-relay/vault';
import type { Log } from './log.ts';

/** The part of the store that tenants are read from. */
export type TenantStore = Pick<Store, 'onTenantsChanged'> & {
  readonly tenants: Pick<Store['tenants'], 'get'>;
  readonly accounts: Pick<Store['accounts'], 'list'>;
};

/** A tenant's account, opened: its parsed settings for webhooks, its sender for attempts. */
export interface OpenAccount {
  readonly id: string;
  readonly provider: ProviderName;
  readonly account: unknown;
  readonly sender: Sender;
}

/** A tenant as the engine uses it. */
export interface Tenant {
  readonly id: string;
  readonly config: TenantConfig;
  /** Default and overrides, defaults filled in from the providers' capabilities. */
  readonly routes: readonly TenantRoute[];
  readonly accounts: ReadonlyMap<string, OpenAccount>;
}

export interface Tenants {
  /** The tenant, from a cache that a change in Postgres empties at once (and time after 30 s); undefined when unknown. */
  get(tenantId: string): Promise<Tenant | undefined>;
  close(): Promise<void>;
}

const staleAfterMs = 30_000;
/** Attempts in flight finish on the connections they began with. */
const lingerMs = 30_000;

/** The seal of credentials is bound to the row they belong to. */
export const credentialsAad = (tenantId: string, accountId: string): string =>
  `account:${tenantId}:${accountId}`;

export async function createTenants(
  store: TenantStore,
  keys: KeyRing,
  log: Log,
  onChanged: (tenantId: string) => void = () => undefined,
): Promise<Tenants> {
  const cache = new Map<string, { tenant: Promise<Tenant | undefined>; loadedAt: number }>();
  const lingering = new Set<NodeJS.Timeout>();

  function forget(tenantId: string): void {
    const entry = cache.get(tenantId);
    cache.delete(tenantId);
    if (!entry) return;
    const timer = setTimeout(() => {
      lingering.delete(timer);
      void closeTenant(entry.tenant);
    }, lingerMs);
    timer.unref();
    lingering.add(timer);
  }
  const stopListening = await store.onTenantsChanged((tenantId) => {
    forget(tenantId);
    onChanged(tenantId);
  });

  return {
    async get(tenantId) {
      const entry = cache.get(tenantId);
      if (entry && Date.now() - entry.loadedAt < staleAfterMs) return entry.tenant;
      if (entry) forget(tenantId);
      const tenant = load(tenantId, store, keys, log);
      cache.set(tenantId, { tenant, loadedAt: Date.now() });
      tenant.then(
        (found) => found === undefined && cache.delete(tenantId),
        () => cache.delete(tenantId),
      );
      return tenant;
    },
    async close() {
      await stopListening();
      for (const timer of lingering) clearTimeout(timer);
      await Promise.all([...cache.values()].map((entry) => closeTenant(entry.tenant)));
      cache.clear();
    },
  };
}

async function closeTenant(loading: Promise<Tenant | undefined>): Promise<void> {
  const tenant = await loading.catch(() => undefined);
  await Promise.allSettled([...(tenant?.accounts.values() ?? [])].map((account) => account.sender.close()));
}

async function load(id: string, store: TenantStore, keys: KeyRing, log: Log): Promise<Tenant | undefined> {
  const row = await store.tenants.get(id);
  if (!row) return undefined;
  const config = tenantConfig.parse(row.config);
  const accounts = new Map<string, OpenAccount>();
  for (const stored of await store.accounts.list(id)) {
    const provider = shelf[stored.provider as ProviderName];
    const credentials: unknown = JSON.parse(
      keys.open(stored.sealedCredentials, credentialsAad(id, stored.id)).reveal(),
    );
    const parsed = provider.parseAccount({ settings: stored.settings, credentials });
    if (!parsed.ok) {
      log.error({ tenant: id, account: stored.id, problems: parsed.problems }, 'this account cannot be used');
      continue;
    }
    accounts.set(stored.id, {
      id: stored.id,
      provider: provider.name,
      account: parsed.account,
      sender: provider.open(parsed.account),
    });
  }
  return { id, config, routes: routesOf(config, accounts), accounts };
}

function routesOf(config: TenantConfig, accounts: Tenant['accounts']): readonly TenantRoute[] {
  const steps = (route: readonly StepConfig[]): TenantStep[] =>
    route.map((step) => frozenStep(step, config, accounts.get(step.account)));
  return [
    { steps: steps(config.route) },
    ...config.overrides.map((o) => ({
      ...(o.purpose !== undefined && { purpose: o.purpose }),
      ...(o.callingCode !== undefined && { callingCode: o.callingCode }),
      steps: steps(o.route),
    })),
  ];
}

function frozenStep(step: StepConfig, config: TenantConfig, open: OpenAccount | undefined): TenantStep {
  const provider = config.accounts[step.account]?.provider;
  if (provider === undefined) throw new Error(`step names the unknown account ${step.account}`);
  const { capabilities, hides } = shelf[provider];
  const hidden = (open && hides?.(open.account)) ?? [];
  return {
    channel: channelOf[provider],
    provider,
    account: step.account,
    timeoutMs: step.timeoutMs ?? capabilities.defaultTimeoutMs,
    success: step.success ?? capabilities.defaultSuccess,
    minLifeMs: capabilities.minLifeMs,
    ...(hidden.length > 0 && { hides: hidden }),
  };
}
