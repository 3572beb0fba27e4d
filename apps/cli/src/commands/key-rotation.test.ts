import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

describe('the rotation of OTP_KEYS', () => {
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
  const accept = (phone: string): Promise<string[]> =>
    installation.withEngine(async (engine) => {
      const accepted = await engine.accept({ to: { phone } }, { tenantId: 'acme', source: 'http' });
      if (accepted.kind !== 'accepted') throw new Error(JSON.stringify(accepted));
      return [accepted.id];
    });

  it('gives the values one by one, seals anew, and drops what nothing needs', async () => {
    const live = await accept('+4915199999901');
    const first = installation.env.OTP_KEYS ?? '';
    const run = (args: readonly string[], OTP_KEYS: string) => installation.run(args, { env: { OTP_KEYS } });

    const one = await run(['keys', 'rotate'], first);
    expect(one).toMatchObject({ code: 0, err: expect.stringContaining('Step 1 of 3') });
    const waiting = one.out.trim();
    expect(waiting).toMatch(/^1:\S+,2:\S+:standby$/);
    const two = await run(['keys', 'rotate'], waiting);
    const both = two.out.trim();
    expect(both).toBe(waiting.replace(':standby', ''));

    expect(await run(['keys', 'rotate'], both)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('otp keys reseal'),
    });
    const dry = await run(['keys', 'reseal', '--dry-run', '--json'], both);
    expect(JSON.parse(dry.out).versions['1']).toBeGreaterThan(2);
    const sealed = await run(['keys', 'reseal', '--json'], both);
    const { versions, unreadable } = JSON.parse(sealed.out);
    expect({ old: versions['1'], unreadable }).toEqual({ old: undefined, unreadable: 0 });

    const three = await run(['keys', 'rotate'], both);
    const last = three.out.trim();
    expect(last).toBe(both.split(',')[1]);
    // Everything opens with the new key alone: accounts, addresses, and the code that is out.
    expect(await run(['doctor', '--json'], last)).not.toMatchObject({
      out: expect.stringContaining('cannot be opened'),
    });
    const { rows } = await database.query(
      `select get_byte(sealed_code, 1) * 256 + get_byte(sealed_code, 2) as version from otp.verifications where id = any($1)`,
      [live],
    );
    expect(rows).toEqual([{ version: 2 }]);
    const erased = await run(
      ['erase', '--tenant', 'acme', '--recipient', '+4915199999901', '--force', '--yes'],
      last,
    );
    expect(erased).toMatchObject({ code: 0, err: '' });
  });

  it('is not mistaken for a rotation of an API key', async () => {
    const { code, err } = await otp('keys', 'rotate', 'key_01jd3x');
    expect(code).toBe(1);
    expect(err).toContain('otp keys replace key_01jd3x');
    const help = await otp('keys', '--help');
    expect(help.out).toMatch(/rotate .*OTP_KEYS:/);
    expect(help.out).toMatch(/revoke .*API key:/);
  });
});
