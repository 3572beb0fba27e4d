import pg from 'pg';
import type { ProviderCall } from './simulator.ts';
import type { World } from './world.ts';

/** A call that was under way when the end came may still arrive; one granted after it must not exist. */
const underWayMs = 5_000;
/** Twilio's smallest ValidityPeriod. */
const smallestTtlMs = 1_000;
const page = 20_000;

interface Row {
  readonly id: string;
  readonly status: string;
  readonly expiresAt: number;
  /** When it became final; null while it is not. */
  readonly endedAt: number | null;
  readonly sendingAt: number | null;
}

/**
 * What this installation's providers were sent that they should not have been, in words: an attempt begun after its
 * verification was approved, denied, canceled or expired, and a message a provider may keep for longer than the code lives.
 */
export async function lateSends(
  world: Pick<World, 'env' | 'simulator'>,
  { graceMs = underWayMs }: { readonly graceMs?: number } = {},
): Promise<readonly string[]> {
  const [attempts, calls] = await Promise.all([readAttempts(world.env.DATABASE_URL ?? ''), readCalls(world)]);
  const began = [...attempts].flatMap(([attemptId, row]) =>
    row.sendingAt !== null && row.sendingAt > endOf(row)
      ? [`${attemptId} began ${row.sendingAt - endOf(row)} ms after it was ${row.status}`]
      : [],
  );
  const arrived = calls.flatMap(({ attemptId, at, ttlMs = 0, provider }) => {
    const row = attempts.get(attemptId ?? '');
    if (!row) return [];
    const lateMs = Date.parse(at) - endOf(row);
    const lifeMs = row.expiresAt - (row.sendingAt ?? row.expiresAt);
    return [
      ...(lateMs > graceMs ? [`${attemptId} reached ${provider} ${lateMs} ms after ${row.status}`] : []),
      ...(ttlMs > Math.max(lifeMs, smallestTtlMs)
        ? [`${attemptId} may be kept by ${provider} for ${ttlMs} ms, and lives for ${lifeMs} ms`]
        : []),
    ];
  });
  return [...began, ...arrived];
}

/** Expired is expired, whenever the bell rang. */
const endOf = ({ endedAt, expiresAt }: Row): number => Math.min(endedAt ?? expiresAt, expiresAt);

async function readAttempts(url: string): Promise<ReadonlyMap<string, Row>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(
      `select a.id, v.status, v.expires_at::float8 as "expiresAt", a.sending_at::float8 as "sendingAt",
          (select min(e.at)::float8 from otp.events e where e.verification_id = v.id
            and e.type in ('approved', 'denied', 'canceled', 'expired')) as "endedAt"
        from otp.attempts a join otp.verifications v on v.id = a.verification_id`,
    );
    return new Map(rows.map((row) => [row.id, row]));
  } finally {
    await client.end();
  }
}

async function readCalls({ simulator }: Pick<World, 'simulator'>): Promise<readonly ProviderCall[]> {
  const all: ProviderCall[] = [];
  for (;;) {
    const some = await simulator.calls({ after: all.at(-1)?.seq ?? 0, limit: page });
    all.push(...some);
    if (some.length < page) return all;
  }
}
