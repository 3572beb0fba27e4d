import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acmeYaml, type Installation, startInstallation } from '../testing/installation.ts';

const withWebhooks = (url: string): string => `${acmeYaml}    webhooks:
      - { id: main, url: "${url}" }
      - { id: audit, url: "https://audit.example/hook?token=of-the-receiver", events: [verification.approved] }
`;

describe('otp webhooks and otp events', () => {
  let at: Installation;
  let server: Server;
  let status = 200;
  const signatures: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      signatures.push(String(request.headers['webhook-signature']));
      request.resume();
      request.on('end', () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    at = await startInstallation();
    const file = at.file('tenants.yaml', withWebhooks(url));
    const applied = await at.run(['tenants', 'apply', file, '--yes'], { env: { ACME_TOKEN: 'token' } });
    expect(applied).toMatchObject({ code: 0 });
    await at.withEngine(async (engine) => {
      for (const phone of ['+14155550100', '+14155550101'])
        await engine.accept({ to: { phone } }, { tenantId: 'acme', source: 'http' });
    });
  }, 90_000);
  afterAll(async () => {
    await at.stop();
    await new Promise((resolve) => server.close(resolve));
  });
  const inHouse = { OTP_OUTGOING_NETWORKS: '127.0.0.0/8' };

  it('lists webhooks without what is secret, and with it when asked', async () => {
    const { code, out } = await at.otp('webhooks', 'list', '--tenant', 'acme');
    expect(code).toBe(0);
    expect(out).toMatch(/audit +acme +https:\/\/audit\.example\/hook\?… +approved +works/);
    expect(out).toMatch(/main +acme +http:\/\/127\.0\.0\.1:\d+\/hook +all +works/);
    expect(out).not.toMatch(/of-the-receiver|whsec_/);
    const shown = await at.otp('webhooks', 'list', '--show-secrets');
    expect(shown.out.match(/whsec_/g)).toHaveLength(2);
  });

  it('tries a webhook, and says why it cannot be called', async () => {
    const [test, refused] = [
      await at.run(['webhooks', 'test', 'main', '--tenant', 'acme'], { env: inHouse }),
      await at.otp('webhooks', 'test', 'main', '--tenant', 'acme'),
    ];
    expect(test).toMatchObject({ code: 0, out: expect.stringContaining('✓ answered 200') });
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('OTP_OUTGOING_NETWORKS') });
    status = 500;
    const failed = await at.run(['webhooks', 'test', 'main', '--tenant', 'acme'], { env: inHouse });
    expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('✗ answered 500') });
    const unknown = await at.otp('webhooks', 'test', 'mian', '--tenant', 'acme');
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('audit, main') });
  });

  it('gives a webhook a new secret beside the old one', async () => {
    status = 200;
    const rotated = await at.otp('webhooks', 'rotate-secret', 'main', '--tenant', 'acme');
    expect(rotated).toMatchObject({ code: 0, out: expect.stringMatching(/^whsec_\S+\n$/) });
    await at.run(['webhooks', 'test', 'main', '--tenant', 'acme'], { env: inHouse });
    expect(signatures.at(-1)?.split(' ')).toHaveLength(2);
    await at.otp('webhooks', 'rotate-secret', 'main', '--tenant', 'acme', '--keep', '0s');
    await at.run(['webhooks', 'test', 'main', '--tenant', 'acme'], { env: inHouse });
    expect(signatures.at(-1)?.split(' ')).toHaveLength(1);
  });

  it('lists events and sends them again', async () => {
    const { out } = await at.otp('events', 'list', '--tenant', 'acme');
    expect(out.match(/accepted +vrf_\w+ +main +0 +waits/g)).toHaveLength(2);
    const [id = ''] = /evt_\w+/.exec(out) ?? [];
    expect(await at.otp('events', 'replay', id, '--tenant', 'acme')).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 sent again, to main.'),
    });
    expect(await at.otp('events', 'replay', '--tenant', 'acme', '--since', '1h')).toMatchObject({
      out: expect.stringContaining('2 sent again, to main.'),
    });
    const types = ['--types', 'verification.approved'];
    expect(await at.otp('events', 'replay', '--tenant', 'acme', '--since', '1h', ...types)).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing to send again'),
    });
    expect(await at.otp('events', 'replay', '--tenant', 'acme')).toMatchObject({ code: 1 });
    expect(await at.otp('events', 'list', '--types', 'approved')).toMatchObject({
      code: 1,
      err: expect.stringContaining('verification.approved'),
    });
    const json = await at.otp('events', 'list', '--json', '--limit', '1');
    expect(JSON.parse(json.out)).toMatchObject([{ tenantId: 'acme', type: 'verification.accepted' }]);
    expect(json.out).not.toContain('4155550100');
  });

  it('enables what was disabled', async () => {
    await at.withEngine(
      async (_engine, { store }) => void (await store.webhooks.disable('acme', 'main', 'gone')),
    );
    expect((await at.otp('webhooks', 'list')).out).toContain('disabled: answered 410');
    expect(await at.otp('webhooks', 'enable', 'main', '--tenant', 'acme')).toMatchObject({ code: 0 });
    expect(await at.otp('webhooks', 'enable', 'main', '--tenant', 'acme')).toMatchObject({ code: 1 });
  });
});
