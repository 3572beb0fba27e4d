import type { Simulator } from '@otp-relay/e2e/world';
import { waitFor } from '@otp-relay/testkit';
import type pg from 'pg';

/** What became of the verifications that clients were told of, by three records that know nothing of each other. */
export interface Accounts {
  readonly accepted: number;
  /** A provider took a message of it while its code lived: the simulator says so. */
  readonly sent: number;
  /** Ended in a failure its tenant can see. */
  readonly failed: number;
  /** Neither, or not in the ledger at all. */
  readonly lost: readonly string[];
  /** How many providers took more than one message for the same attempt. */
  readonly repeated: number;
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly delivery: string;
  readonly expires_at: string;
}

const resting = ['delivered', 'unconfirmed', 'exhausted', 'stopped'];
const failures = ['exhausted', 'stopped'];

/** Waits until nothing is under way any more, at most `timeoutMs`; what is still moving then counts as lost. */
export async function settle(database: pg.Client, timeoutMs: number): Promise<void> {
  await waitFor(
    'every verification to rest',
    async () => {
      const { rows } = await database.query<{ n: number }>(
        "select count(*)::int as n from otp.verifications where delivery in ('queued', 'sending', 'awaiting')",
      );
      return rows[0]?.n === 0;
    },
    { timeoutMs, everyMs: 500 },
  ).catch(() => undefined);
}

/** Joins what clients were told (`ids`), what the ledger says and what the simulator received. */
export async function accountFor(
  ids: ReadonlySet<string>,
  database: pg.Client,
  simulator: Simulator,
): Promise<Accounts> {
  const { rows } = await database.query<Row>(
    'select id, status, delivery, expires_at from otp.verifications',
  );
  const ledger = new Map(rows.map((row) => [row.id, row]));
  const taken = await messagesTaken(simulator);
  const lost: string[] = [];
  let sent = 0;
  let failed = 0;
  for (const id of ids) {
    const row = ledger.get(id);
    const takenAt = taken.firstAt.get(id);
    if (row && resting.includes(row.delivery) && takenAt !== undefined && takenAt < Number(row.expires_at))
      sent += 1;
    else if (row && (failures.includes(row.delivery) || row.status === 'expired')) failed += 1;
    else lost.push(id);
  }
  return { accepted: ids.size, sent, failed, lost, repeated: taken.repeated };
}

const page = 50_000;

/** When a provider first took a message of each verification, ms. */
async function messagesTaken(
  simulator: Simulator,
): Promise<{ firstAt: ReadonlyMap<string, number>; repeated: number }> {
  const firstAt = new Map<string, number>();
  const perAttempt = new Map<string, number>();
  for (let after = 0; ; ) {
    const response = await fetch(`${simulator.http}/_sim/calls?after=${after}&limit=${page}`);
    const { calls } = (await response.json()) as { calls: readonly Call[] };
    for (const { attemptId, messageId, at } of calls) {
      if (attemptId === null || messageId === null) continue;
      perAttempt.set(attemptId, (perAttempt.get(attemptId) ?? 0) + 1);
      const id = attemptId.replace(/^att_([0-9a-z]{26})_.*$/, 'vrf_$1');
      if (!firstAt.has(id)) firstAt.set(id, Date.parse(at));
    }
    const last = calls.at(-1);
    if (calls.length < page || !last) break;
    after = last.seq;
  }
  return { firstAt, repeated: [...perAttempt.values()].filter((n) => n > 1).length };
}

interface Call {
  readonly seq: number;
  readonly at: string;
  readonly attemptId: string | null;
  readonly messageId: string | null;
}
