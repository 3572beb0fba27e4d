import type { EvidenceRecord } from '@otp-relay/contracts';
import type { Attempt, TimelineEntry } from '@otp-relay/core';
import type { ChainPlace, SignatureMaterial } from '@otp-relay/store';

const instant = (ms: number): string => new Date(ms).toISOString();
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms));

/** What is told of an approved signature at its place in the chain. Holds neither the code nor any hash of it. */
export function evidenceRecord(material: SignatureMaterial, place: ChainPlace): EvidenceRecord {
  const { verification, timeline, context } = material;
  const approvedAt = timeline.find((entry) => entry.type === 'approved')?.at;
  if (approvedAt === undefined) throw new Error(`${verification.id} was approved and its timeline lacks it`);
  return {
    type: 'otp-relay.signature-evidence.v1',
    tenant: verification.tenantId,
    mode: material.mode,
    sequence: place.sequence,
    previous: place.previous.toString('hex'),
    sealedAt: instant(place.now),
    verification: {
      id: verification.id,
      locale: material.locale,
      source: material.source,
      createdAt: instant(material.createdAt),
      approvedAt: instant(approvedAt),
      expiresAt: instant(verification.expiresAt),
      failedChecks: verification.failedChecks,
      maxChecks: verification.maxChecks,
    },
    recipient: { masked: material.recipientMasked, digest: material.recipientKey.toString('hex') },
    document: {
      title: context.documentTitle ?? '',
      hash: { algorithm: 'SHA-256', value: context.documentHash ?? '' },
    },
    attempts: verification.attempts.map(attemptOf),
    timeline: timeline.map(entryOf),
  };
}

const attemptOf = (attempt: Attempt): EvidenceRecord['attempts'][number] => ({
  id: attempt.id,
  channel: attempt.channel,
  provider: attempt.provider,
  account: attempt.account,
  state: attempt.state,
  providerRef: attempt.providerRef,
  failure: attempt.failure && { kind: attempt.failure.kind, code: attempt.failure.code ?? null },
  queuedAt: instant(attempt.queuedAt),
  sendingAt: instantOrNull(attempt.sendingAt),
  acceptedAt: instantOrNull(attempt.acceptedAt),
  sentAt: instantOrNull(attempt.sentAt),
  deliveredAt: instantOrNull(attempt.deliveredAt),
  readAt: instantOrNull(attempt.readAt),
  endedAt: instantOrNull(attempt.endedAt),
});

/** Canonical JSON has whole numbers only; everything a timeline counts is one. */
const entryOf = ({ at, type, attemptId, detail }: TimelineEntry): EvidenceRecord['timeline'][number] => ({
  at: instant(at),
  type,
  attempt: attemptId,
  detail: Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isSafeInteger(value) ? String(value) : value,
    ]),
  ),
});
