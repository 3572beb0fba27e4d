import type { MetricFactories } from '../tally.ts';
import type { CourierPorts } from './courier.ts';

/** Counts calls to tenants' webhooks by what they came to. */
export function countCalls(metrics: MetricFactories): NonNullable<CourierPorts['count']> {
  const calls = metrics.counter({
    name: 'otp_webhook_calls_total',
    help: "Calls to tenants' webhooks by outcome; given_up: events nobody took in the end.",
    labels: { outcome: ['delivered', 'failed', 'gone', 'given_up'] },
  });
  return (outcome) => calls.inc({ outcome });
}
