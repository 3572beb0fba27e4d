export type { AbuseBlock, StoredBlock } from './abuse/blocks.ts';
export type { AbuseDecision, DecisionReason } from './abuse/decisions.ts';
export type { Spend, SpendLine } from './abuse/spend.ts';
export type { Use } from './abuse/used.ts';
export {
  type Look,
  type Looked,
  type PersonLook,
  type Sighting,
  type Standing,
  sawNothing,
  type Watched,
} from './abuse/watch.ts';
export type { StoredBucket } from './buckets/look.ts';
export type { Refusal, RefusalCount } from './buckets/refusals.ts';
export type { BucketAsk, Held, Reserved, Take } from './buckets/take.ts';
export type { CheckAsk, GrantedCheck, RefusedCheck } from './checks/check-book.ts';
export type { RightCheck } from './checks/forgive-check.ts';
export type { RecipientKeysOf } from './checks/reserve-checks.ts';
export type { Unlocked } from './checks/unlock-checks.ts';
export type { StoreOptions } from './connect.ts';
export type { EmbeddedOptions, EmbeddedPostgres } from './embedded/embedded-postgres.ts';
export { embeddedPostgres, embeddedRefusal } from './embedded/embedded-postgres.ts';
export type { Cutoffs, Deleted } from './keeping/delete-old.ts';
export type { ErasedRows } from './keeping/erase-verifications.ts';
export type { Candidate } from './keeping/find-person.ts';
export { type SealedColumn, sealedColumns } from './keeping/sealed-columns.ts';
export type { RawReceipt } from './ledger/receipts.ts';
export type {
  Changed,
  InsertOutcome,
  LedgerRow,
  Material,
  NewVerification,
  Reduced,
} from './ledger/types.ts';
export { migrate } from './migrate.ts';
export type { Store } from './open-store.ts';
export { openStore } from './open-store.ts';
export type { EventDelivery, EventFilter, Replayed, ReplayWanted, StoredEvent } from './outgoing/events.ts';
export type { ClaimedEvent, TriedEvent } from './outgoing/outbox.ts';
export type { OutboxRow } from './outgoing/outbox-row.ts';
export type { StoredWebhook } from './outgoing/webhooks.ts';
export type { StoredAccount } from './queries/accounts.ts';
export type { StoredApiKey } from './queries/api-keys.ts';
export type { ChainPlace, SealedRecord, SignatureMaterial } from './queries/append-evidence.ts';
export type { AuditEntry } from './queries/audit.ts';
export type { StoredEvidence } from './queries/evidence.ts';
export type { FailureCount } from './queries/failures.ts';
export type { FoundVerification } from './queries/find-verifications.ts';
export type { ListOptions, VerificationSummary } from './queries/list-verifications.ts';
export type { RejectedJob } from './queries/rejected-jobs.ts';
export type { PutTenant, StoredTenant } from './queries/tenants.ts';
export type { UnknownCode, UnknownCodeCount } from './queries/unknown-codes.ts';
export type { VerificationView } from './queries/verification-view.ts';
export type { StoreFaultCode } from './store-fault.ts';
export { isStoreFault, StoreFault, storeFaults } from './store-fault.ts';
export type { Ask } from './with-tenant.ts';
