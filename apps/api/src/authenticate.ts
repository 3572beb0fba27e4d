import type { Log } from '@otp-relay/engine';
import type { Store } from '@otp-relay/store';
import { type ApiKeyMode, type Pepper, parseApiKey } from '@otp-relay/vault';

/** Who calls: the tenant an API key belongs to, and what the key may do. */
export interface Caller {
  readonly tenantId: string;
  readonly keyId: string;
  /** `test` keys never reach a provider. */
  readonly mode: ApiKeyMode;
  readonly scopes: readonly string[];
}

export interface Authenticator {
  /** The caller behind an `Authorization` header; undefined when it holds no key that is valid now. */
  authenticate(header: string | undefined): Promise<Caller | undefined>;
}

type KeyRow = NonNullable<Awaited<ReturnType<Store['apiKeys']['findByHash']>>>;

/** Promised are 5 s for a revoked key to stop working in every process: this, and time for the look-up. */
const freshMs = 3_000;
const maxCached = 10_000;

/** Looks keys up by their keyed hash. Only keys that exist are remembered, so strangers cannot fill the memory. */
export function createAuthenticator(
  {
    store,
    pepper,
    log,
  }: { readonly store: Pick<Store, 'apiKeys'>; readonly pepper: Pepper; readonly log: Log },
  /** Any clock that only goes forward: a step back would let a revoked key live on. */
  now: () => number = () => performance.now(),
): Authenticator {
  const known = new Map<string, { readonly row: KeyRow; readonly until: number }>();

  async function rowOf(hash: Buffer): Promise<KeyRow | undefined> {
    const name = hash.toString('base64url');
    const cached = known.get(name);
    if (cached && now() < cached.until) return cached.row;
    known.delete(name);
    const row = await store.apiKeys.findByHash(hash);
    if (!row) return undefined;
    if (known.size >= maxCached) known.clear();
    known.set(name, { row, until: now() + Math.min(freshMs, row.leftMs ?? freshMs) });
    // For people who look for keys nobody uses; a call never waits for it, nor fails because of it.
    store.apiKeys
      .touch(row.tenantId, row.id)
      .catch((err: unknown) => log.warn({ err }, 'the use of a key was not noted'));
    return row;
  }

  return {
    async authenticate(header) {
      const [, token = ''] = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header ?? '') ?? [];
      // What cannot be a key costs no look-up.
      if (!parseApiKey(token)) return undefined;
      const row = await rowOf(pepper.apiKeyHash(token));
      if (!row) return undefined;
      return { tenantId: row.tenantId, keyId: row.id, mode: row.mode, scopes: row.scopes };
    },
  };
}
