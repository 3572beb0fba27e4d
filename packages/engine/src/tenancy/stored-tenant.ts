import { type AccountConfig, type TenantConfig, tenantConfig } from '@otp-relay/contracts';
import type { Store } from '@otp-relay/store';
import type { KeyRing } from '@otp-relay/vault';
import { credentialsAad } from '../tenants.ts';

/** The part of the store that tenancy stands on. */
export type TenancyStore = Pick<ReturnType<Store['by']>, 'tenants' | 'accounts'>;

type Credentials = AccountConfig['credentials'];

/** An account as Postgres holds it. `credentials` is null when the ring cannot open them. */
export interface StoredAccount {
  readonly id: string;
  readonly provider: string;
  readonly settings: unknown;
  readonly credentials: Credentials | null;
  /** The version of the key that sealed the credentials. */
  readonly keyVersion: number;
}

/** A tenant as Postgres holds it. `config` is null when it no longer satisfies the contract. */
export interface StoredTenant {
  readonly id: string;
  /** Counts its changes: whoever changes it next says which version that is based on. */
  readonly version: number;
  readonly config: TenantConfig | null;
  readonly accounts: ReadonlyMap<string, StoredAccount>;
}

/** What is there under this id, with its credentials opened; undefined when nothing is. */
export async function readStoredTenant(
  store: TenancyStore,
  keys: KeyRing,
  id: string,
): Promise<StoredTenant | undefined> {
  const row = await store.tenants.get(id);
  if (!row) return undefined;
  const parsed = tenantConfig.safeParse(row.config);
  const accounts = new Map<string, StoredAccount>();
  for (const account of await store.accounts.list(id)) {
    const { settings, provider } = account;
    const sealed = account.sealedCredentials;
    const credentials = openCredentials(keys, sealed, credentialsAad(id, account.id));
    accounts.set(account.id, {
      id: account.id,
      provider,
      settings,
      credentials,
      keyVersion: keys.versionOf(sealed),
    });
  }
  return { id, version: row.version, config: parsed.success ? parsed.data : null, accounts };
}

/** Lost keys must not stop anyone from applying new credentials: what cannot be opened counts as unknown. */
function openCredentials(keys: KeyRing, sealed: Uint8Array, aad: string): Credentials | null {
  try {
    return JSON.parse(keys.open(sealed, aad).reveal()) as Credentials;
  } catch {
    return null;
  }
}
