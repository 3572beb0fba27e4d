import type { AddressKind } from '@otp-relay/core';
import type { Candidate, ErasedRows, Store } from '@otp-relay/store';
import type { KeyRing, Pepper } from '@otp-relay/vault';
import { readRecipient } from '../recipient.ts';
import { recipientAad } from '../seals.ts';
import { keysOf } from './keys-of.ts';

export interface Erasure {
  readonly tenantId: string;
  /** A phone number in E.164, or a mailbox. */
  readonly recipient: string;
  /** Who asks, for the audit. */
  readonly actor: string;
  /** Says what there is, and erases nothing. */
  readonly dryRun?: boolean;
  /** Cancels what is under way; called once for each, and must resolve when it is over. */
  readonly cancel?: (verificationId: string) => Promise<unknown>;
  readonly onProgress?: (soFar: Erased) => void;
}

/** What is kept about the person: found, or erased. `unreadable` rows may be the person's, but no key opens them. */
export interface Erased extends ErasedRows {
  readonly counters: number;
  readonly unreadable: number;
}

export type ErasureOutcome =
  | { readonly kind: 'erased' | 'planned'; readonly found: number; readonly rows: Erased }
  /** A code is out, and nobody said that it may be canceled. */
  | { readonly kind: 'live'; readonly ids: readonly string[] }
  | { readonly kind: 'invalid'; readonly problem: string };

export interface ErasurePorts {
  readonly store: Pick<Store, 'keeping' | 'audit'>;
  readonly keys: KeyRing;
  readonly pepper: Pepper;
}

const pageSize = 500;

/**
 * Erases a person from everything a tenant's rows hold: addresses, their hashes, what providers said, counters, masks. Figures
 * stay (when, over which channel, how it ended), and so do signed pieces of evidence, which hold a masked address. Can be
 * repeated: what a fault cut short, the next run finishes.
 */
export async function eraseRecipient(erasure: Erasure, ports: ErasurePorts): Promise<ErasureOutcome> {
  const person = personOf(erasure, ports.pepper);
  if ('problem' in person) return { kind: 'invalid', problem: person.problem };
  const found = await findAll(erasure.tenantId, person, ports);
  if (erasure.dryRun)
    return { kind: 'planned', found: found.ids.length, rows: { ...nothing, unreadable: found.unreadable } };
  if (found.live.length > 0 && !erasure.cancel) return { kind: 'live', ids: found.live };
  for (const id of found.live) await erasure.cancel?.(id);

  let rows: Erased = { ...nothing, unreadable: found.unreadable };
  for (let from = 0; from < found.ids.length; from += pageSize) {
    const page = found.ids.slice(from, from + pageSize);
    rows = added(rows, await ports.store.keeping.eraseVerifications(erasure.tenantId, page));
    erasure.onProgress?.(rows);
  }
  const counters = await ports.store.keeping.eraseCounters({ tenantId: erasure.tenantId, ...person });
  rows = { ...rows, counters };
  await ports.store.audit.record({
    tenantId: erasure.tenantId,
    actor: erasure.actor,
    action: 'recipient_erased',
    subject: 'recipient',
    detail: { ...rows, canceled: found.live.length },
  });
  return { kind: 'erased', found: found.ids.length, rows };
}

const nothing: Erased = {
  verifications: 0,
  attempts: 0,
  entries: 0,
  receipts: 0,
  counters: 0,
  unreadable: 0,
};

const added = (rows: Erased, more: ErasedRows): Erased => ({
  ...rows,
  verifications: rows.verifications + more.verifications,
  attempts: rows.attempts + more.attempts,
  entries: rows.entries + more.entries,
  receipts: rows.receipts + more.receipts,
});

interface WantedPerson {
  readonly kind: AddressKind;
  readonly address: string;
  readonly masked: string;
  readonly keys: readonly Buffer[];
  readonly recipientKeys: readonly Buffer[];
  readonly prefix: string | null;
}

function personOf({ recipient, tenantId }: Erasure, pepper: Pepper): WantedPerson | { problem: string } {
  const kind: AddressKind = recipient.includes('@') ? 'email' : 'phone';
  if (kind === 'phone' && !/^\+[1-9]\d{6,14}$/.test(recipient))
    return { problem: 'must be a phone number in E.164, such as +14155550100, or a mailbox' };
  const read = readRecipient({ [kind]: recipient });
  if ('problem' in read) return { problem: read.problem.problem };
  const address = read[kind] ?? '';
  return {
    kind,
    address: address.toLowerCase(),
    masked: read.masked,
    recipientKeys: [pepper.addressKey(tenantId, kind, address)],
    keys: keysOf(tenantId, kind, address, pepper),
    prefix: kind === 'phone' ? address.slice(0, -4) : null,
  };
}

interface Found {
  readonly ids: readonly string[];
  readonly live: readonly string[];
  readonly unreadable: number;
}

async function findAll(
  tenantId: string,
  person: WantedPerson,
  { store, keys }: ErasurePorts,
): Promise<Found> {
  const ids: string[] = [];
  const live: string[] = [];
  let unreadable = 0;
  for (let after = ''; ; ) {
    const { recipientKeys, masked } = person;
    const page = await store.keeping.findPerson(
      { tenantId, recipientKeys, masks: [masked] },
      { after, limit: pageSize },
    );
    for (const candidate of page) {
      const is = isTheirs(candidate, person, keys);
      if (is === 'unreadable') unreadable += 1;
      if (is !== 'theirs') continue;
      ids.push(candidate.id);
      if (candidate.live) live.push(candidate.id);
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) return { ids, live, unreadable };
    after = last.id;
  }
}

function isTheirs(
  { id, known, sealedRecipient }: Candidate,
  { kind, address }: WantedPerson,
  keys: KeyRing,
): 'theirs' | "somebody else's" | 'unreadable' {
  if (known) return 'theirs';
  try {
    const sealed = JSON.parse(keys.open(sealedRecipient, recipientAad(id)).reveal()) as Record<
      string,
      string
    >;
    return sealed[kind]?.toLowerCase() === address ? 'theirs' : "somebody else's";
  } catch {
    return 'unreadable';
  }
}
