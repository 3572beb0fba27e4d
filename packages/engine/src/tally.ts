import { attemptStates, channels, failureKinds, providers } from '@otp-relay/core';
import type { Tally } from './ports.ts';

type Closed = Readonly<Record<string, readonly string[]>>;
type Values = Readonly<Record<string, string>>;
interface Settings {
  readonly name: string;
  readonly help: string;
  /** Every label with all its values: none of them ever comes from outside. */
  readonly labels: Closed;
}

/** What makes counters and distributions; runtime's `Metrics` fits. */
export interface MetricFactories {
  counter(settings: Settings): { inc(values: Values, by?: number): void };
  histogram(settings: Settings & { readonly buckets: readonly number[] }): {
    observe(values: Values, value: number): void;
  };
}

const kinds = Object.keys(failureKinds);
const sources = ['http', 'queue'];
const outcomes = ['created', 'duplicate', 'joined', 'refused', 'overloaded'];
const receipts = ['sent', 'delivered', 'read', 'failed'];
const refusals = ['400', '401', '403', '404', '413'];
const checked = ['approved', 'wrong', 'refused'];
const judgements = ['allowed', 'monitored', 'degraded', 'refused'];
const limitKinds = ['recipient', 'ip', 'device', 'tenant'];
const effects = ['enqueue', 'arm', 'disarm', 'publish', 'alert'];

/** The engine's counters as metrics named `otp_…`, for any process that runs an engine. */
export function tallyMetrics({ counter, histogram }: MetricFactories): Tally {
  const accepted = counter({
    name: 'otp_requests_total',
    help: 'Requests by what became of them.',
    labels: { outcome: outcomes, source: sources },
  });
  const attempt = counter({
    name: 'otp_attempts_total',
    help: 'Attempts by the state they were told of in.',
    labels: { channel: channels, provider: providers, state: attemptStates },
  });
  const failure = counter({
    name: 'otp_failures_total',
    help: 'Failed attempts by kind.',
    labels: { provider: providers, kind: kinds },
  });
  const receipt = counter({
    name: 'otp_receipts_total',
    help: 'Delivery reports that were authentic, copies included.',
    labels: { provider: providers, status: receipts },
  });
  const webhookRefused = counter({
    name: 'otp_webhooks_refused_total',
    help: 'Webhook calls refused, by HTTP status.',
    labels: { provider: providers, status: refusals },
  });
  const effectLost = counter({
    name: 'otp_effects_lost_total',
    help: 'Effects the queue did not take; the sweeper makes up for them.',
    labels: { effect: effects },
  });
  const abuse = counter({
    name: 'otp_abuse_decisions_total',
    help: 'Requests that a rule against abuse had something to say about, by what came of them.',
    labels: { outcome: judgements },
  });
  const limited = counter({
    name: 'otp_limited_total',
    help: 'Requests and resends turned away by a limit.',
    labels: { limit: limitKinds },
  });
  const batchSize = histogram({
    name: 'otp_batch_events',
    help: 'Events per commit.',
    labels: {},
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  });
  const batchSeconds = histogram({
    name: 'otp_batch_seconds',
    help: 'How long a commit took.',
    labels: {},
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });
  const dispatch = histogram({
    name: 'otp_dispatch_seconds',
    help: 'From an attempt being queued to its provider being called.',
    labels: { channel: channels },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  const check = counter({
    name: 'otp_checks_total',
    help: 'Guesses at codes by what became of them; refused ones were not compared.',
    labels: { outcome: checked },
  });
  return {
    accepted: (outcome, source) => accepted.inc({ outcome, source }),
    attempt: (channel, provider, state) => attempt.inc({ channel, provider, state }),
    failure: (provider, kind) => failure.inc({ provider, kind }),
    receipt: (provider, status) => receipt.inc({ provider, status }),
    webhookRefused: (provider, status) => webhookRefused.inc({ provider, status: String(status) }),
    abuse: (outcome) => abuse.inc({ outcome }),
    limited: (limit) => limited.inc({ limit }),
    effectLost: (effect) => effectLost.inc({ effect }),
    batch(size, ms) {
      batchSize.observe({}, size);
      batchSeconds.observe({}, ms / 1_000);
    },
    check: (outcome) => check.inc({ outcome }),
    dispatch: (channel, ms) => dispatch.observe({ channel }, ms / 1_000),
  };
}
