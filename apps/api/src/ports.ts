import type { Engine, Evidence } from '@otp-relay/engine';
import type { Producer } from '@otp-relay/queue';
import type { HealthReport, Logger, Metrics } from '@otp-relay/runtime';
import type { Store } from '@otp-relay/store';
import type { KeyRing, Pepper } from '@otp-relay/vault';
import type { ApiConfig } from './config.ts';

/** What the server stands on; it opens and closes none of it. */
export interface ApiPorts {
  readonly settings: ApiConfig;
  readonly engine: Engine;
  readonly evidence: Evidence;
  readonly store: Store;
  readonly producer: Producer;
  readonly pepper: Pepper;
  readonly keys: KeyRing;
  readonly metrics: Metrics;
  /** What `/readyz` reports. */
  readonly health: () => Promise<HealthReport>;
  readonly log: Logger;
}
