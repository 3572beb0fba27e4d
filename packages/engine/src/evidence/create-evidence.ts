import type { EvidenceBundle, EvidenceKeySet } from '@otp-relay/contracts';
import type { Store, StoredEvidence } from '@otp-relay/store';
import { type EvidenceKeys, evidenceJwk, evidenceKeys, type KeyRing, signEvidence } from '@otp-relay/vault';
import { evidenceRecord } from './evidence-record.ts';

/** Proof of approved signatures, chained per tenant and signed. */
export interface Evidence {
  /** The bundle of one approved signature, sealed now if it was not yet; undefined when there is none to have. */
  of(tenantId: string, id: string): Promise<EvidenceBundle | undefined>;
  /** A tenant's chain of one mode, in order, from a sequence on, a page at a time. */
  chain(tenantId: string, options: ChainOptions): AsyncGenerator<EvidenceBundle>;
  /** Seals approved signatures that no chain holds yet; resolves to how many. */
  sealOutstanding(): Promise<number>;
  /** Every public key that ever signed here, and the one that signs next. */
  publicKeys(): Promise<EvidenceKeySet>;
}

export interface ChainOptions {
  readonly mode: 'live' | 'test';
  /** The first sequence wanted; 1 when not given. */
  readonly from?: number;
}

const perPage = 200;
/** A signature lives an hour at most; the rest is for outages of whoever seals. */
const lookBackMs = 48 * 3_600_000;

export function createEvidence(store: Pick<Store, 'evidence' | 'now'>, ring: KeyRing): Evidence {
  let made: EvidenceKeys | undefined;
  const keys = (): EvidenceKeys => {
    made ??= evidenceKeys(ring);
    return made;
  };
  const seal = (tenantId: string, id: string): Promise<StoredEvidence | undefined> =>
    store.evidence.append(tenantId, id, (material, place) => ({
      ...signEvidence(evidenceRecord(material, place), keys()),
      x: keys().current.jwk.x,
    }));

  return {
    async of(tenantId, id) {
      const link = await seal(tenantId, id);
      return link && bundleOf(link);
    },
    async *chain(tenantId, { mode, from = 1 }) {
      for (let next = from; ; ) {
        const links = await store.evidence.list(tenantId, { mode, from: next, limit: perPage });
        yield* links.map(bundleOf);
        const last = links.at(-1);
        if (links.length < perPage || !last) return;
        next = last.sequence + 1;
      }
    },
    async sealOutstanding() {
      const since = (await store.now()) - lookBackMs;
      const outstanding = await store.evidence.toSeal({ since, limit: perPage });
      for (const { tenantId, id } of outstanding) await seal(tenantId, id);
      return outstanding.length;
    },
    async publicKeys() {
      const used = await store.evidence.keys();
      const all = new Set([...keys().publicKeys.map(({ x }) => x), ...used]);
      return { keys: [...all].map((x) => ({ ...evidenceJwk(x) })) };
    },
  };
}

/** What is stored is what was signed: nothing is made anew from rows that may have changed since. */
const bundleOf = ({ record, hash, keyId, signature }: StoredEvidence): EvidenceBundle => ({
  record: JSON.parse(record),
  hash: hash.toString('hex'),
  signature: { algorithm: 'Ed25519', keyId, value: signature.toString('base64url') },
});
