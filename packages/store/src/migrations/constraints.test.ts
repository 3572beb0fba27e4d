import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

/** One line per state that must not exist: what a bug would write, and the constraint that stops it. */
const broken: readonly (readonly [
  table: 'verifications' | 'attempts',
  change: string,
  constraint: string,
])[] = [
  ['verifications', `status = 'approved'`, 'approved_is_delivered'],
  ['verifications', `status = 'expired', delivery = 'stopped', sealed_code = null`, 'final_has_no_deadline'],
  ['verifications', `deadline_at = null`, 'final_has_no_deadline'],
  ['verifications', `status = 'expired', delivery = 'stopped', deadline_at = null`, 'final_has_no_code'],
  ['verifications', `sealed_code = null`, 'final_has_no_code'],
  [
    'verifications',
    `status = 'canceled', delivery = 'stopped', deadline_at = null, sealed_code = null, bell_at = 1`,
    'final_has_no_bell',
  ],
  ['verifications', `status = 'canceled', deadline_at = null, sealed_code = null`, 'final_is_at_rest'],
  ['verifications', `deadline_at = expires_at + 1`, 'deadline_within_life'],
  ['verifications', `expires_at = created_at, deadline_at = created_at`, 'expires_after_creation'],
  ['verifications', `current_id = null`, 'in_flight_has_attempt'],
  ['verifications', `failed_checks = max_checks + 1`, 'failed_checks_in_bounds'],
  ['verifications', `failed_checks = -1`, 'failed_checks_in_bounds'],
  ['verifications', `reserved_checks = max_checks + 1`, 'reserved_checks_in_bounds'],
  ['verifications', `max_checks = 0`, 'max_checks_sane'],
  [
    'verifications',
    `status = 'done', delivery = 'stopped', deadline_at = null, sealed_code = null`,
    'verifications_status_check',
  ],
  ['verifications', `delivery = 'lost'`, 'verifications_delivery_check'],
  ['verifications', `phone = 'maybe'`, 'verifications_phone_check'],
  ['verifications', `id = 'vrf_x'`, 'id_is_ours'],
  ['verifications', `id = replace(id, 'vrf_', 'att_')`, 'id_is_ours'],
  ['attempts', `state = 'lost'`, 'attempts_state_check'],
  ['attempts', `channel = 'fax'`, 'attempts_channel_check'],
  ['attempts', `try = 0`, 'attempts_try_check'],
  ['attempts', `state = 'skipped', ended_at = 1`, 'skipped_has_reason'],
  ['attempts', `skip_reason = 'address_missing'`, 'skipped_has_reason'],
  ['attempts', `state = 'rejected', ended_at = 1`, 'failed_has_failure'],
  ['attempts', `state = 'undelivered', ended_at = 1`, 'failed_has_failure'],
  ['attempts', `failure_kind = 'unknown'`, 'failure_has_scope'],
  ['attempts', `failure_code = '63016'`, 'code_belongs_to_failure'],
  ['attempts', `claim = 'c'`, 'sending_has_claim'],
  ['attempts', `state = 'sending'`, 'granted_before_sent'],
  ['attempts', `state = 'accepted'`, 'reached_has_instant'],
  ['attempts', `state = 'sent'`, 'reached_has_instant'],
  ['attempts', `state = 'delivered'`, 'reached_has_instant'],
  ['attempts', `state = 'read'`, 'reached_has_instant'],
  ['attempts', `state = 'timed_out'`, 'over_has_end'],
  ['attempts', `state = 'suppressed'`, 'over_has_end'],
  ['attempts', `ended_at = 1`, 'over_has_end'],
  ['attempts', `id = 'att_other'`, 'id_tells_place'],
  ['attempts', `step = 1`, 'id_tells_place'],
];

describe('the rules of the state machine, as constraints', () => {
  let test: TestStore;
  let id: string;
  beforeAll(async () => {
    test = await testStore();
    const row = newVerification({ idempotencyKey: 'taken' });
    id = row.verification.id;
    await test.store.ledger.insert([row]);
  });
  afterAll(() => test.stop());

  it.each(broken)('%s: %s breaks %s', async (table, change, constraint) => {
    const key = table === 'attempts' ? 'verification_id' : 'id';
    await expect(
      test.admin.query(`update otp.${table} set ${change} where ${key} = $1`, [id]),
    ).rejects.toMatchObject({ code: '23514', constraint });
  });

  it('knows every constraint there is', async () => {
    const { rows } = await test.admin.query<{ conname: string }>(
      `select conname from pg_constraint
        where contype = 'c' and conrelid in ('otp.verifications'::regclass, 'otp.attempts'::regclass)`,
    );
    const tested = new Set(broken.map(([, , constraint]) => constraint));
    const untested = rows.map((row) => row.conname).filter((name) => !tested.has(name));
    // The same shape as their tested siblings.
    expect(untested.sort()).toEqual(['attempts_step_check', 'verifications_email_check']);
  });

  it.each([
    ['verifications', 'verifications_idempotency', `idempotency_key = 'taken'`],
    [
      'verifications',
      'verifications_live',
      `live_key = (select live_key from otp.verifications where id = $1)`,
    ],
  ])('keeps %s unique by %s', async (_table, constraint, change) => {
    const other = newVerification();
    await test.store.ledger.insert([other]);
    const values = change.includes('$1') ? [id] : [];
    await expect(
      test.admin.query(
        `update otp.verifications set ${change} where id = '${other.verification.id}'`,
        values,
      ),
    ).rejects.toMatchObject({ code: '23505', constraint });
  });

  it('keeps one attempt per step and try', async () => {
    await expect(
      test.admin.query(`insert into otp.attempts select * from otp.attempts where verification_id = $1`, [
        id,
      ]),
    ).rejects.toMatchObject({ code: '23505', constraint: 'one_try_per_step' });
  });
});
