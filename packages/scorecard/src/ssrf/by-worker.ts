import { webhookConfig } from '@otp-relay/contracts';
import type { Stage } from '../stage/open-stage.ts';

/** What became of URLs that tenants gave. */
export interface Judged {
  readonly tried: number;
  /** What was not clearly refused: the URL and what came of it. */
  readonly doubtful: readonly string[];
}

const perTenant = 10;
const atOnce = 6;
const refusals = new Set([
  'address_refused',
  'plain_http_refused',
  'port_refused',
  'scheme_refused',
  'url_has_credentials',
  'url_invalid',
]);

/** Gives every URL to a tenant as its webhook, lets something happen there, and reads what the worker made of it. */
export async function judgeByWorker(
  urls: readonly string[],
  { world, database }: Pick<Stage, 'world' | 'database'>,
): Promise<Judged> {
  const taken = urls.filter((url) => webhookConfig.safeParse({ id: 'main', url }).success);
  const doubtful: string[] = [];
  const judge = async (from: number): Promise<void> => {
    const webhooks = taken.slice(from, from + perTenant).map((url, index) => ({ id: `hook-${index}`, url }));
    const { tenantId } = await world.addTenant({ more: { webhooks } });
    // By the queue: on a busy machine the api would tell us to come back.
    await world.house.producer.intake({
      v: 1,
      tenant: tenantId,
      to: { email: `person-${from}@example.com` },
    });
    const outcomes = await outcomesOf(tenantId, webhooks.length, database);
    for (const { id, url } of webhooks) {
      const outcome = outcomes.get(id) ?? 'not tried';
      if (!refusals.has(outcome)) doubtful.push(`${JSON.stringify(url)}: ${outcome}`);
    }
  };
  const starts = Array.from({ length: Math.ceil(taken.length / perTenant) }, (_, index) => index * perTenant);
  const next = async (): Promise<void> => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) await judge(from);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return { tried: urls.length, doubtful };
}

const patienceMs = 30_000;

/** The first outcome at each webhook of a tenant; those that were not tried in time are missing. */
async function outcomesOf(
  tenantId: string,
  count: number,
  database: Stage['database'],
): Promise<ReadonlyMap<string, string>> {
  for (const giveUpAt = Date.now() + patienceMs; ; ) {
    const { rows } = await database.query<{ webhook: string; failure: string }>(
      `select distinct on (webhook) webhook, coalesce(last_failure, 'answered ' || last_status) as failure
        from otp.outbox where tenant_id = $1 and (last_failure is not null or last_status is not null)
        order by webhook, id`,
      [tenantId],
    );
    if (rows.length === count || Date.now() > giveUpAt)
      return new Map(rows.map(({ webhook, failure }) => [webhook, failure]));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
