import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@otp-relay/testkit';
import pg from 'pg';
import { type Installation, startInstallation, acmeYaml as twoChannels } from '../testing/installation.ts';

const acmeYaml = twoChannels
  .replace(
    '    route:',
    '      acme-mail: { provider: smtp-email, settings: { host: 127.0.0.1, port: 1, security: none, from: a@acme.example } }\n    route:',
  )
  .concat('      - { channel: email, account: acme-mail }\n');

const dayMs = 86_400_000;
const ana = { phone: '+4915112345678', email: 'Ana.Lima@example.com' };
const ben = { phone: '+4915112345699', email: 'ana.other@example.com' };

/** Every row of every table, as text; bytea shows as hex. */
async function everything(database: pg.Client): Promise<string> {
  const { rows } = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'otp'`,
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const found = await database.query<{ text: string }>(`select t::text as text from ${name} t`);
    texts.push(...found.rows.map(({ text }) => `${name} ${text}`));
  }
  return texts.join('\n');
}

describe('personal data', () => {
  let installation: Installation;
  let database: pg.Client;
  const otp: Installation['otp'] = (...args) => installation.otp(...args);

  beforeAll(async () => {
    installation = await startInstallation();
    const file = installation.file('tenants.yaml', acmeYaml);
    const env = { ACME_TOKEN: 'a-token-of-a-system-user' };
    const applied = await installation.run(['tenants', 'apply', file, '--yes'], { env });
    if (applied.code !== 0) throw new Error(applied.err);
    database = new pg.Client({ connectionString: installation.env.DATABASE_URL });
    await database.connect();
  }, 90_000);
  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  /** Verifications of one person: with both addresses, or one. */
  const accept = (...tos: object[]): Promise<string[]> =>
    installation.withEngine(async (engine) => {
      const ids: string[] = [];
      for (const [index, to] of tos.entries()) {
        const purpose = (['auth', 'sign_up', 'password_reset'] as const)[index % 3];
        const accepted = await engine.accept({ to, purpose }, { tenantId: 'acme', source: 'http' });
        if (accepted.kind !== 'accepted') throw new Error(JSON.stringify(accepted));
        ids.push(accepted.id);
      }
      return ids;
    });
  const cancelAll = (ids: readonly string[]): Promise<void> =>
    installation.withEngine(async (engine) => {
      for (const id of ids) await engine.command({ tenantId: 'acme', id, command: 'cancel', by: 'service' });
    });
  const rowsOf = async (ids: readonly string[]): Promise<Record<string, unknown>[]> =>
    (await database.query('select * from otp.requests where id = any($1) order by id', [ids])).rows;

  it('refuses while a code is out, unless told to cancel it', async () => {
    const [id = ''] = await accept({ phone: '+4915155555555' });
    const args = ['erase', '--tenant', 'acme', '--recipient', '+4915155555555', '--yes'];
    const refused = await otp(...args);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(id) });
    expect((await rowsOf([id]))[0]?.recipient_masked).not.toBe('[erased]');
    expect(await otp(...args, '--force')).toMatchObject({ code: 0 });
    expect((await rowsOf([id]))[0]).toMatchObject({ recipient_masked: '[erased]' });
    const { rows } = await database.query('select status from otp.verifications where id = $1', [id]);
    expect(rows).toEqual([{ status: 'canceled' }]);
  });

  it('erases a person from every table and nobody else, whichever address is named', async () => {
    const theirs = await accept(ana, { phone: ana.phone }, { email: ana.email });
    const others = await accept(ben, { email: ben.email });
    await cancelAll([...theirs, ...others]);
    const [first = ''] = theirs;
    const attempt = `att_${first.slice(4)}_0_1`;
    // What providers might have said, and what keys a calling service might have chosen.
    await database.query(
      `update otp.attempts set provider_ref = 'wamid.ana', failure_kind = 'unknown', failure_scope = 'recipient',
        failure_detail = 'no such user 5112345678' where id = $1`,
      [attempt],
    );
    await database.query(
      `insert into otp.receipts (tenant_id, account, dedup_key, provider, attempt_id, provider_ref, status, raw)
        values ('acme', 'acme-wa', 'wamid.ana:sent', 'meta-whatsapp', null, 'wamid.ana', 'sent', '{"id": "wamid.ana"}')`,
    );
    await database.query('update otp.verifications set idempotency_key = $2 where id = $1', [
      first,
      `login-${ana.phone}`,
    ]);
    await database.query(
      `update otp.events set detail = detail || '{"said": "5112345678"}' where verification_id = $1`,
      [first],
    );
    await database.query(
      `insert into otp.abuse_decisions (tenant_id, at, outcome, purpose, recipient_masked, prefix, channels, source, reasons)
        values ('acme', 1, 'allowed', 'auth', '+49 ••• 78', '+491511234', '{}', 'http', '[]')`,
    );
    const counted = await database.query('select count(*)::int as n from otp.attempts');
    const before = await rowsOf(others);
    const keys = (await rowsOf(theirs)).map(({ recipient_key: key }) => (key as Buffer).toString('hex'));

    const told = await otp('erase', '--tenant', 'acme', '--recipient', ana.phone, '--dry-run');
    expect(told).toMatchObject({ code: 0, out: expect.stringMatching(/^2 verifications.*--dry-run/) });
    expect(await everything(database)).toContain('wamid.ana');

    for (const recipient of [ana.phone, ana.email.toLowerCase()]) {
      const erased = await otp('erase', '--tenant', 'acme', '--recipient', recipient, '--yes');
      expect(erased).toMatchObject({ code: 0 });
      expect(erased.out + erased.err).not.toContain(recipient.slice(1, 9));
    }
    const left = await everything(database);
    for (const trace of ['wamid.ana', '5112345678', '+49 ••• 78', 'lima', 'A•••@example.com', ...keys])
      expect([trace, left.includes(trace)]).toEqual([trace, false]);
    expect(await rowsOf(others)).toEqual(before);
    // The figures are as they were: how many attempts, over which channels, how they ended.
    expect((await database.query('select count(*)::int as n from otp.attempts')).rows).toEqual(counted.rows);
    expect(await otp('show', first)).toMatchObject({ code: 0, out: expect.stringContaining('[erased]') });

    // A report that comes late brings nothing back: not the provider's name of the message, which may hold the number.
    const late = await installation.withEngine((engine) =>
      engine.webhook(
        { provider: 'meta-whatsapp', tenantId: 'acme', accountId: 'acme-wa' },
        signedByMeta(attempt, 'wamid.late.5112345678'),
      ),
    );
    expect(late).toMatchObject({ kind: 'taken' });
    await database.query(`delete from otp.receipts where provider_ref = 'wamid.late.5112345678'`);
    expect(await everything(database)).not.toContain('wamid.late');

    const again = await otp('erase', '--tenant', 'acme', '--recipient', ana.email, '--yes', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ kind: 'erased', found: 0, rows: { verifications: 0 } });
    const audit = await otp('audit', '--tenant', 'acme', '--json');
    expect(JSON.parse(audit.out)[0]).toMatchObject({
      action: 'recipient_erased',
      subject: 'recipient',
      actor: expect.stringMatching(/^cli:/),
    });
  });

  it('erases for one tenant only', async () => {
    const file = installation.file('other.yaml', acmeYaml.replace('  acme:', '  other:'));
    await installation.run(['tenants', 'apply', file, '--yes'], { env: { ACME_TOKEN: 'another-token' } });
    const [id = ''] = await accept({ phone: '+4915177777777' });
    await cancelAll([id]);
    const none = await otp('erase', '--tenant', 'other', '--recipient', '+4915177777777', '--yes', '--json');
    expect(JSON.parse(none.out)).toMatchObject({ found: 0 });
    expect((await rowsOf([id]))[0]?.recipient_masked).toContain('77');
  });

  it('refuses what is no address', async () => {
    for (const recipient of ['4915112345678', '+49', 'ana', ''])
      expect(await otp('erase', '--tenant', 'acme', '--recipient', recipient, '--yes')).toMatchObject({
        code: 1,
      });
  });

  describe('retention', () => {
    /** Moves verifications into the past: an id begins with its instant. */
    const age = async (ids: readonly string[], days: number): Promise<string[]> => {
      const aged: string[] = [];
      for (const id of ids) {
        const old = `vrf_${ulidAt(Date.now() - days * dayMs)}`;
        aged.push(old);
        const attempts = `replace(id, '${id.slice(4)}', '${old.slice(4)}')`;
        await database.query(
          `update otp.verifications set id = $2, created_at = created_at - $3, expires_at = expires_at - $3 where id = $1`,
          [id, old, days * dayMs],
        );
        await database.query('update otp.requests set id = $2 where id = $1', [id, old]);
        await database.query(
          `update otp.attempts set verification_id = $2, id = ${attempts} where verification_id = $1`,
          [id, old],
        );
        await database.query('update otp.events set verification_id = $2 where verification_id = $1', [
          id,
          old,
        ]);
      }
      return aged;
    };
    const count = async (table: string, column: string, ids: readonly string[]): Promise<number> =>
      (await database.query(`select count(*)::int as n from otp.${table} where ${column} = any($1)`, [ids]))
        .rows[0].n;

    it('deletes what its tenant keeps no longer, with all that hangs on it, and says so', async () => {
      const young = await accept({ phone: '+4915188888801' });
      const old = await accept({ phone: '+4915188888802' }, { phone: '+4915188888803' });
      await cancelAll([...young, ...old]);
      const aged = await age(old, 31);
      const kept = await age(young, 29);
      await database.query(
        `insert into otp.receipts (tenant_id, account, dedup_key, provider, status, raw, received_at)
          values ('acme', 'a', 'old', 'twilio-sms', 'sent', '{}', $1), ('acme', 'a', 'young', 'twilio-sms', 'sent', '{}', $2)`,
        [Date.now() - 8 * dayMs, Date.now() - 6 * dayMs],
      );
      const dry = await otp('retention', 'run', '--dry-run', '--json');
      expect(JSON.parse(dry.out)).toMatchObject({
        dryRun: true,
        tenants: { acme: { verifications: 2, receipts: 1 } },
      });
      expect(await count('verifications', 'id', aged)).toBe(2);

      const ran = await otp('retention', 'run', '--json');
      expect(JSON.parse(ran.out).tenants.acme).toMatchObject({ verifications: 2, receipts: 1 });
      for (const [table, column] of [
        ['verifications', 'id'],
        ['requests', 'id'],
        ['attempts', 'verification_id'],
        ['events', 'verification_id'],
      ] as const) {
        expect([table, await count(table, column, aged)]).toEqual([table, 0]);
        expect(await count(table, column, kept)).toBeGreaterThan(0);
      }
      expect(await count('receipts', 'dedup_key', ['old', 'young'])).toBe(1);
      const audit = await otp('audit', '--tenant', 'acme', '--json');
      expect(JSON.parse(audit.out)[0]).toMatchObject({
        action: 'retention_applied',
        detail: { verifications: 2 },
      });
    });

    it('keeps for each tenant as long as that tenant says', async () => {
      const longer = acmeYaml.replace(
        '    brand: Acme',
        '    brand: Acme\n    retention: { verificationDays: 90 }',
      );
      const file = installation.file('longer.yaml', longer);
      await installation.run(['tenants', 'apply', file, '--yes'], {
        env: { ACME_TOKEN: 'a-token-of-a-system-user' },
      });
      const ids = await accept({ phone: '+4915188888804' });
      await cancelAll(ids);
      const [id = ''] = await age(ids, 31);
      await otp('retention', 'run');
      expect(await count('verifications', 'id', [id])).toBe(1);
    });

    it('is one process at a time', async () => {
      const holder = new pg.Client({ connectionString: installation.env.DATABASE_URL });
      await holder.connect();
      await holder.query('select pg_advisory_lock($1)', [0x6b656570]);
      expect(await otp('retention', 'run')).toMatchObject({
        code: 1,
        err: expect.stringContaining('Another process'),
      });
      await holder.end();
      await waitFor('the lock to be free', async () => (await otp('retention', 'run')).code === 0);
    });
  });
});

/** As Meta reports that a message was delivered, with our attempt's id inside. */
function signedByMeta(attemptId: string, id: string) {
  const status = {
    id,
    status: 'delivered',
    timestamp: '1767225600',
    recipient_id: '1',
    biz_opaque_callback_data: attemptId,
  };
  const metadata = { display_phone_number: '15550783881', phone_number_id: '106540352242922' };
  const value = { messaging_product: 'whatsapp', metadata, statuses: [status] };
  const entry = [{ id: '102290129340398', changes: [{ field: 'messages', value }] }];
  const rawBody = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
  const signature = createHmac('sha256', 'app-secret').update(rawBody).digest('hex');
  return {
    method: 'POST',
    url: 'http://127.0.0.1:3000/webhooks/meta-whatsapp/acme/acme-wa',
    headers: { 'x-hub-signature-256': `sha256=${signature}` },
    query: {},
    rawBody,
  };
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
function ulidAt(ms: number): string {
  let time = '';
  for (let rest = ms; time.length < 10; rest = Math.floor(rest / 32))
    time = alphabet.charAt(rest % 32) + time;
  return time + Array.from(randomBytes(16), (byte) => alphabet.charAt(byte & 31)).join('');
}
