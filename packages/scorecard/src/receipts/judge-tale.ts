import { type Random, seeded } from '../random.ts';
import { tenantId } from '../simulation/installation.ts';
import type { Houses } from './open-houses.ts';
import { playTrace, type Trace } from './play-trace.ts';
import type { Tale } from './tale.ts';

/** What came of all orders of one tale; `different` tells of those whose final state is not the first one's. */
export interface Judged {
  readonly traces: number;
  readonly webhooks: number;
  readonly different: readonly string[];
}

/** Lives through a tale in many orders, all at the same time. `number` tells its people from those of other tales. */
export async function judgeTale(
  { tale, number, orders }: { readonly tale: Tale; readonly number: number; readonly orders: number },
  random: Random,
  houses: Houses,
): Promise<Judged> {
  const traces = await Promise.all(
    Array.from({ length: orders }, (_, order) =>
      playTrace(tale, phoneOf(number * orders + order), seeded(random.int(0, 2 ** 32 - 1)), houses),
    ),
  );
  const states = await Promise.all(traces.map((trace) => finalState(trace, tale, houses)));
  const different = traces.flatMap((trace, index) =>
    states[index] === states[0]
      ? []
      : [`${trace.order} → ${states[index]}; but ${traces[0]?.order} → ${states[0]}`],
  );
  return {
    traces: traces.length,
    webhooks: traces.reduce((sum, trace) => sum + trace.webhooks, 0),
    different,
  };
}

/**
 * What must not depend on the order: both statuses, the state of every attempt that was reported on, what was kept of
 * the reports. What was started on the way (a fallback that a later "delivered" called off) may differ.
 */
async function finalState({ id }: Trace, tale: Tale, { store, database }: Houses): Promise<string> {
  const view = await store.verification.get(tenantId, id);
  if (!view) throw new Error(`${id} is not there`);
  const { status, delivery, attempts } = view.verification;
  const reported = attempts.slice(0, tale.second ? 2 : 1);
  const kept = await database.query<{ n: number }>(
    'select count(*)::int as n from otp.receipts where attempt_id = any($1)',
    [reported.map((a) => a.id)],
  );
  const states = reported.map((a) => `${a.channel} ${a.state}${a.failure ? ` (${a.failure.kind})` : ''}`);
  return `${status} ${delivery}, ${states.join(', ')}, ${kept.rows[0]?.n} reports`;
}

/** A number of its own for every trace: the same person's second request would join the first. */
const phoneOf = (n: number): string =>
  `+1${415 + Math.floor(n / 10_000)}555${String(n % 10_000).padStart(4, '0')}`;
