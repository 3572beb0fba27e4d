import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transition } from '@otp-relay/core';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

const documentHash = 'a0'.repeat(32);

describe('otp evidence', () => {
  let at: Installation;
  const ids: string[] = [];
  beforeAll(async () => {
    at = await startInstallation();
    const env = { ACME_TOKEN: 'token' };
    const file = at.file('tenants.yaml', acmeYaml);
    const applied = await at.run(['tenants', 'apply', file, '--yes'], { env });
    expect(applied).toMatchObject({ code: 0 });
    await at.withEngine(async (engine, { store }) => {
      for (const index of [1, 2, 3]) {
        const accepted = await engine.accept(
          {
            to: { phone: `+1415555010${index}` },
            purpose: 'signature',
            context: { documentTitle: `Lease ${index}`, documentHash },
          },
          { tenantId: 'acme', source: 'http' },
        );
        if (accepted.kind !== 'accepted') throw new Error(JSON.stringify(accepted));
        ids.push(accepted.id);
        await store.ledger.change([accepted.id], ({ verification }, now) =>
          transition(verification, { type: 'approved' }, now),
        );
      }
    });
  }, 90_000);
  afterAll(() => at.stop());

  const save = async (name: string, ...args: string[]): Promise<string> => {
    const { code, out, err } = await at.otp('evidence', 'export', ...args);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    return at.file(name, out);
  };
  const verify = (...args: string[]) =>
    at.run(['evidence', 'verify', ...args], {
      env: { DATABASE_URL: undefined, OTP_KEYS: undefined, OTP_PEPPER: undefined },
    });

  it('exports one signature and the whole chain, and checks them without an installation', async () => {
    const keys = await save('keys.json', '--keys');
    const one = await save('one.json', ids[1] ?? '');
    expect(await verify(one, '--keys', keys)).toMatchObject({
      code: 0,
      out: expect.stringContaining('approved "Lease 2"'),
    });
    expect((await verify(one, '--keys', keys, '--document', documentHash)).code).toBe(0);
    expect((await verify(one, '--keys', keys, '--document', 'b0'.repeat(32))).code).toBe(1);

    const chain = await save('chain.jsonl', '--tenant', 'acme');
    const verdict = await verify(chain, '--keys', keys);
    expect(verdict).toMatchObject({ code: 0, out: expect.stringContaining('acme #3') });
    const head = /head ([0-9a-f]{64})/.exec(verdict.out)?.[1] ?? '';
    expect((await verify(chain, '--keys', keys, '--head', head)).code).toBe(0);
    const part = await save('part.jsonl', '--tenant', 'acme', '--from', '2');
    expect(await verify(part, '--keys', keys, '--json')).toMatchObject({
      code: 0,
      out: expect.stringContaining('"ok": true'),
    });
  });

  it('shows every change, every missing line and a cut end', async () => {
    const keys = await save('keys.json', '--keys');
    const chain = await save('chain.jsonl', '--tenant', 'acme');
    const lines = readFileSync(chain, 'utf8').trim().split('\n');
    const [first = '', second = '', third = ''] = lines;
    const head = (JSON.parse(third) as { hash: string }).hash;
    const bad = [
      lines.map((line) => line.replace('Lease 2', 'Lease 9')).join('\n'),
      [first, third].join('\n'),
      [second, first, third].join('\n'),
      [first, '{', third].join('\n'),
      [first, second, second].join('\n'),
    ];
    for (const text of bad) {
      const { code, out } = await verify(at.file('bad.jsonl', text), '--keys', keys);
      expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('✗') });
    }
    const cut = at.file('cut.jsonl', [first, second].join('\n'));
    expect((await verify(cut, '--keys', keys)).code).toBe(0);
    expect((await verify(cut, '--keys', keys, '--head', head)).code).toBe(1);
  });

  it('checks nothing without keys', async () => {
    const one = await save('one.json', ids[0] ?? '');
    expect((await verify(one)).code).toBe(1);
    for (const keys of ['{"keys":[]}', '', '{}', '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"","kid":"k"}]}'])
      expect((await verify(one, '--keys', at.file('none.json', keys))).code).toBe(1);
    const stranger = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), kid: 'k' };
    const file = at.file('stranger.json', JSON.stringify({ keys: [stranger] }));
    expect(await verify(one, '--keys', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('none of the given keys'),
    });
    expect((await verify(at.file('empty.jsonl', ''), '--keys', await save('keys.json', '--keys'))).code).toBe(
      1,
    );
  });

  it('says what it cannot export', async () => {
    expect((await at.otp('evidence', 'export')).code).toBe(1);
    expect((await at.otp('evidence', 'export', 'vrf_00')).code).toBe(1);
    expect((await at.otp('evidence', 'export', '--tenant', 'acme', '--from', '0')).code).toBe(1);
  });
});
