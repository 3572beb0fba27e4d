export type { AbuseReport, AttackReport } from './abuse/simulation/report.ts';
export { type AbuseSimulation, simulateAbuse } from './abuse/simulation/simulate-abuse.ts';
export type { Acceptance, Accepted } from './acceptance.ts';
export type { Checked } from './checking/check.ts';
export type { FeedbackTaken } from './checking/feedback.ts';
export type { Command } from './checking/obey.ts';
export { type RecipientUnlocked, unlockRecipient } from './checking/unlock-recipient.ts';
export { type Clock, createClock, type Local } from './clock.ts';
export type { Commanded } from './commanded.ts';
export type { Corridor } from './corridor.ts';
export { createEngine, type Engine, type EngineOptions } from './engine.ts';
export {
  type Erased,
  type Erasure,
  type ErasureOutcome,
  eraseRecipient,
} from './erasure/erase-recipient.ts';
export { type Resealed, reseal, sealedByVersion } from './erasure/reseal.ts';
export { planRetention, type RetentionStore, runRetention } from './erasure/retention.ts';
export { startRetention } from './erasure/start-retention.ts';
export { type ChainOptions, createEvidence, type Evidence } from './evidence/create-evidence.ts';
export { type Sealer, startSealer } from './evidence/start-sealer.ts';
export { type ChainFlaw, type ChainVerdict, verifyChain } from './evidence/verify-chain.ts';
export { keepTime } from './keep-time.ts';
export {
  type LimitLine,
  type LimitsAsk,
  type LimitsSeen,
  lookAtLimits,
  resetLimits,
} from './limits/look-at-limits.ts';
export type { Log } from './log.ts';
export { type House, type HouseConfig, openHouse } from './open-house.ts';
export { countCalls } from './outgoing/count-calls.ts';
export { eventViewOf } from './outgoing/event-view.ts';
export {
  createGuardedFetch,
  type FetchFailure,
  type FetchOutcome,
  type GuardedFetch,
  type GuardedFetchOptions,
  type GuardedPost,
} from './outgoing/guarded-fetch.ts';
export type { ResolveHost } from './outgoing/host-resolver.ts';
export { replayEvents } from './outgoing/replay-events.ts';
export { showWebhookSecrets } from './outgoing/show-webhook-secrets.ts';
export { type Courier, startCourier } from './outgoing/start-courier.ts';
export { tryWebhook } from './outgoing/try-webhook.ts';
export { keepOldSecretMs, rotateWebhookSecret } from './outgoing/webhook-secrets.ts';
export type { Performed } from './perform.ts';
export type { LedgerStore, Ports, Tally } from './ports.ts';
export { codeAad, recipientAad } from './seals.ts';
export type { Sweeper } from './sweeper.ts';
export { type MetricFactories, tallyMetrics } from './tally.ts';
export { applyTenants } from './tenancy/apply-tenants.ts';
export { type ChangedTenant, type ChangeOptions, changeTenant } from './tenancy/change-tenant.ts';
export { getTenant, getTenants } from './tenancy/get-tenants.ts';
export {
  type ApiKeyScope,
  apiKeyScopes,
  defaultScopes,
  issueApiKey,
  type NewKey,
} from './tenancy/issue-api-key.ts';
export { sealedMark } from './tenancy/keep-sealed.ts';
export { operatorOnlyProblems } from './tenancy/operator-only.ts';
export { planTenants, type TenantsPlan } from './tenancy/plan-tenants.ts';
export { type ReadTenantsFile, readTenantsFile } from './tenancy/read-tenants-file.ts';
export { type ReplacedKey, replaceApiKey } from './tenancy/replace-api-key.ts';
export { storedProblems } from './tenancy/stored-problems.ts';
export type { TenancyStore } from './tenancy/stored-tenant.ts';
export type { DiffLine, TenantChange } from './tenancy/tenant-change.ts';
export { credentialsAad, type OpenAccount, type Tenant, type Tenants } from './tenants.ts';
export { createTraffic, type Traffic, type TrafficOptions } from './traffic.ts';
export type { WebhookAddress, WebhookAnswer } from './webhook.ts';
