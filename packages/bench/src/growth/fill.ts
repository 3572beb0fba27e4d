import type pg from 'pg';

const chunk = 250_000;

/**
 * Adds verifications that ended long ago, each with its request, one attempt, two lines of timeline and one receipt.
 * Their ids sort before all real ones, as older ids do; their keys are spread like hashes, so the indexes by those are
 * taken away first and built anew afterwards: row by row they would take as long as all the rest many times over.
 */
export async function fill(
  database: pg.Client,
  tenantId: string,
  rows: number,
  progress: (line: string) => void,
): Promise<void> {
  await database.query("set synchronous_commit = off; set maintenance_work_mem = '1GB'");
  const rebuild = await takeIndexesAway(database);
  for (let from = 0; from < rows; from += chunk) {
    const to = Math.min(from + chunk, rows) - 1;
    for (const statement of statements) await database.query(statement, [tenantId, from, to]);
    progress(`${to + 1} older verifications …`);
  }
  for (const statement of rebuild) {
    progress(`${statement.slice(0, 80)} …`);
    await database.query(statement);
  }
  await database.query('reset synchronous_commit; reset maintenance_work_mem');
  for (const table of tables) {
    progress(`vacuum of ${table} …`);
    await database.query(`vacuum (analyze) ${table}`);
  }
  // What is measured next is to pay for its own pages, not for writing these out.
  await database.query('checkpoint');
}

const tables = ['otp.verifications', 'otp.requests', 'otp.attempts', 'otp.events', 'otp.receipts'];

/** Drops the indexes and keys that are not in the order of the ids; resolves to what makes them again. */
async function takeIndexesAway(database: pg.Client): Promise<readonly string[]> {
  const { rows } = await database.query<{ drop: string; make: string }>(
    `select case when c.oid is null then format('drop index %s', x.indexrelid::regclass)
         else format('alter table %s drop constraint %I', x.indrelid::regclass, c.conname) end as drop,
       case when c.oid is null then pg_get_indexdef(x.indexrelid)
         else format('alter table %s add constraint %I %s', x.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) end as make
     from pg_index x left join pg_constraint c on c.conindid = x.indexrelid
     where x.indrelid = any($1::regclass[])
       and pg_get_indexdef(x.indexrelid) ~ '(idempotency_key|recipient_key|provider_ref|dedup_key)'`,
    [tables],
  );
  for (const { drop } of rows) await database.query(drop);
  return rows.map(({ make }) => make);
}

const id = `'vrf_' || lpad(i::text, 26, '0')`;
const attempt = `'att_' || lpad(i::text, 26, '0') || '_0_1'`;
const series = 'from generate_series($2::bigint, $3::bigint) as i';
/** Ten a second, up to an hour ago. */
const at = `(otp.now_ms() - 3600000 - (10000000 - i) * 100)`;

const statements = [
  `insert into otp.verifications (id, tenant_id, status, delivery, phone, email, current_id, step_started_at, created_at,
     expires_at, deadline_at, bell_at, failed_checks, max_checks, sealed_code, idempotency_key, live_key, updated_at)
   select ${id}, $1, 'approved', 'delivered', 'present', 'absent', ${attempt}, ${at}, ${at}, ${at} + 600000, null, null,
     0, 5, null, 'job-' || md5(i::text), sha256(i::text::bytea), ${at} ${series}`,
  `insert into otp.requests (id, tenant_id, purpose, steps, sealed_recipient, recipient_masked, recipient_key, code_mac,
     locale, calling_code, country, context, mode, source, request_hash)
   select ${id}, $1, 'auth', '[{"channel": "whatsapp"}, {"channel": "sms"}]', sha256(i::text::bytea) || sha256(i::text::bytea),
     '+1•••••••00', sha256((i % 3000000)::text::bytea), sha256(i::text::bytea), 'en', '1', 'US', null, 'live', 'queue',
     sha256(i::text::bytea) ${series}`,
  `insert into otp.attempts (verification_id, step, try, id, tenant_id, ordinal, channel, provider, account, state, claim,
     provider_ref, queued_at, sending_at, accepted_at, sent_at, delivered_at)
   select ${id}, 0, 1, ${attempt}, $1, 0, 'whatsapp', 'meta-whatsapp', 'acme-wa', 'delivered', 'c',
     'wamid.' || md5(i::text), ${at}, ${at}, ${at}, ${at}, ${at} ${series}`,
  `insert into otp.events (verification_id, tenant_id, type, attempt_id, at, detail)
   select ${id}, $1, type, ${attempt}, ${at}, '{"channel": "whatsapp"}' ${series},
     unnest(array['attempt_accepted', 'attempt_delivered']) as type`,
  `insert into otp.receipts (tenant_id, account, dedup_key, provider, attempt_id, provider_ref, status, at, received_at, raw)
   select $1, 'acme-wa', md5(i::text), 'meta-whatsapp', ${attempt}, 'wamid.' || md5(i::text), 'delivered', ${at}, ${at},
     '{"status": "delivered"}' ${series}`,
];
