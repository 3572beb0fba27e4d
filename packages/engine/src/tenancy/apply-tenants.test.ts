import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TenantsFile, tenantConfig, tenantsFile } from '@otp-relay/contracts';
import { openStore, type Store } from '@otp-relay/store';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import { createKeyRing, createPepper } from '@otp-relay/vault';
import { createTenants } from '../tenants.ts';
import { applyTenants } from './apply-tenants.ts';
import { getTenant, getTenants } from './get-tenants.ts';
import { issueApiKey } from './issue-api-key.ts';
import { planTenants, type TenantsPlan } from './plan-tenants.ts';
import { storedProblems } from './stored-problems.ts';

const root = { 1: randomBytes(32) };
const keys = createKeyRing(root);
const pepper = createPepper(randomBytes(32).toString('base64'));
const log = { debug() {}, info() {}, warn() {}, error() {} };

let database: TestDatabase;
let store: Store;
let id: string;
let count = 0;
beforeAll(async () => {
  database = await testDatabase();
  store = openStore({ url: database.url, applicationName: 'tenancy.test' });
  await store.migrate();
}, 90_000);
afterAll(async () => {
  await store?.close();
  await database?.stop();
}, 20_000);
beforeEach(() => {
  count += 1;
  id = `acme-${count}`;
});

const whatsapp = (credentials: object = {}) => ({
  provider: 'meta-whatsapp',
  settings: { phoneNumberId: '123456789', template: { name: 'code', languages: ['en'] } },
  credentials: { accessToken: 'token-1', appSecret: 'app', verifyToken: 'verify', ...credentials },
});
const mail = {
  provider: 'smtp-email',
  settings: { host: 'smtp.acme.example', from: 'no-reply@acme.example' },
  credentials: { user: 'acme', password: 'hush' },
};
const route = [{ channel: 'whatsapp', account: 'wa' }];
const fileOf = (tenant: object = {}): TenantsFile =>
  tenantsFile.parse({
    tenants: {
      [id]: {
        name: 'Acme',
        brand: 'Acme',
        countries: ['DE'],
        accounts: { wa: whatsapp() },
        route,
        ...tenant,
      },
    },
  });
const linesOf = (plan: TenantsPlan): string[] =>
  plan.ok
    ? plan.tenants.flatMap(({ lines }) => lines.map(({ sign, text }) => `${sign} ${text}`))
    : plan.problems.map(({ path, problem }) => `${path} ${problem}`);

describe('applyTenants', () => {
  it('stores a tenant the engine can use, credentials sealed to their row', async () => {
    const plan = await applyTenants(store, keys, fileOf());
    expect(plan).toMatchObject({ ok: true, changed: true, tenants: [{ id, change: 'created' }] });
    const row = await store.tenants.get(id);
    expect(JSON.stringify(row?.config)).not.toContain('token-1');
    expect(tenantConfig.parse(row?.config).accounts.wa?.credentials).toEqual({});
    const tenants = await createTenants(store, keys, log);
    try {
      const tenant = await tenants.get(id);
      expect(tenant?.accounts.get('wa')?.provider).toBe('meta-whatsapp');
      expect(tenant?.routes[0]?.steps[0]).toMatchObject({ channel: 'whatsapp', timeoutMs: 25_000 });
    } finally {
      await tenants.close();
    }
  });

  it('changes nothing the second time', async () => {
    await applyTenants(store, keys, fileOf());
    const plan = await applyTenants(store, keys, fileOf());
    expect(plan).toMatchObject({ ok: true, changed: false, tenants: [{ change: 'unchanged', lines: [] }] });
    expect((await store.tenants.get(id))?.version).toBe(1);
  });

  it('only plans until it is told to apply', async () => {
    await planTenants(store, keys, fileOf());
    expect(await store.tenants.get(id)).toBeUndefined();
  });

  it('adds, changes and removes accounts; a credential shows by name only', async () => {
    await applyTenants(store, keys, fileOf({ accounts: { wa: whatsapp(), mail } }));
    const second = { ...mail, settings: { ...mail.settings, port: 465 } };
    const file = fileOf({ accounts: { wa: whatsapp({ accessToken: 'token-2' }), mail2: second } });
    expect(linesOf(await applyTenants(store, keys, file))).toEqual([
      `~ tenant ${id}`,
      '~ account wa (meta-whatsapp)',
      '~ credentials.accessToken: changed',
      '+ account mail2 (smtp-email)',
      '- account mail (smtp-email)',
    ]);
    expect((await store.accounts.list(id)).map((account) => account.id)).toEqual(['mail2', 'wa']);
    expect(await planTenants(store, keys, file)).toMatchObject({ changed: false });
  });

  it('stores nothing when an account is wrong', async () => {
    const file = fileOf({ accounts: { wa: whatsapp({ accessToken: '' }) } });
    expect(linesOf(await applyTenants(store, keys, file))).toEqual([
      expect.stringMatching(
        /^tenants\.acme-\d\.accounts\.wa\.credentials\.accessToken is not valid — Create/,
      ),
    ]);
    expect(await store.tenants.get(id)).toBeUndefined();
  });

  it('leaves tenants alone that are not in the file', async () => {
    await applyTenants(store, keys, fileOf());
    const first = id;
    id = `${id}-other`;
    await applyTenants(store, keys, fileOf());
    expect((await store.tenants.get(first))?.version).toBe(1);
  });

  it('refuses to overwrite what somebody else has just changed', async () => {
    await applyTenants(store, keys, fileOf());
    const racing = {
      ...store,
      tenants: {
        ...store.tenants,
        async get(wanted: string) {
          const row = await store.tenants.get(wanted);
          await applyTenants(store, keys, fileOf({ brand: 'Theirs' }));
          return row;
        },
      },
    };
    expect(linesOf(await applyTenants(racing, keys, fileOf({ brand: 'Ours' })))).toEqual([
      expect.stringContaining('was changed by somebody else'),
    ]);
    expect(await getTenant(store, keys, id)).toMatchObject({ brand: 'Theirs' });
  });

  it('seals anew with the current key', async () => {
    await applyTenants(store, keys, fileOf());
    const rotated = createKeyRing({ ...root, 2: randomBytes(32) });
    expect(linesOf(await applyTenants(store, rotated, fileOf()))).toContain(
      '~ credentials: sealed anew with key 2 (was 1)',
    );
    const [account] = await store.accounts.list(id);
    expect(rotated.versionOf(account!.sealedCredentials)).toBe(2);
  });
});

describe('getTenants', () => {
  it('exports what can be applied again as it is', async () => {
    await applyTenants(store, keys, fileOf());
    const exported = await getTenants(store, keys);
    expect(JSON.stringify(exported)).not.toContain('token-1');
    expect(exported.tenants[id]?.accounts.wa?.credentials.accessToken).toBe('[sealed]');
    const tenant = { ...exported.tenants[id]!, brand: 'Acme Bank' };
    const edited = tenantsFile.parse({ tenants: { [id]: tenant } });
    expect(linesOf(await applyTenants(store, keys, edited))).toEqual([
      `~ tenant ${id}`,
      '~ brand: Acme → Acme Bank',
    ]);
    expect(await storedProblems(store, keys, id)).toEqual([]);
  });

  it('does not take [sealed] where nothing is stored', async () => {
    const file = fileOf({ accounts: { wa: whatsapp({ appSecret: '[sealed]' }) } });
    expect(linesOf(await planTenants(store, keys, file))).toEqual([
      expect.stringMatching(/credentials\.appSecret is "\[sealed\]", but nothing is stored/),
    ]);
  });
});

describe('storedProblems', () => {
  it('names what keeps a tenant from sending', async () => {
    await applyTenants(store, keys, fileOf());
    const strange = createKeyRing({ 1: randomBytes(32) });
    expect(await storedProblems(store, strange, id)).toEqual([
      { path: `tenants.${id}.accounts.wa.credentials`, problem: 'cannot be opened with these OTP_KEYS' },
    ]);
    await store.accounts.remove(id, 'wa');
    expect(await storedProblems(store, keys, id)).toEqual([
      { path: `tenants.${id}.accounts.wa`, problem: 'is not stored' },
    ]);
  });
});

describe('issueApiKey', () => {
  it('stores a hash that finds the key, never the secret', async () => {
    await applyTenants(store, keys, fileOf());
    const issued = await issueApiKey(store, pepper, { tenantId: id, name: 'login', scopes: ['send'] });
    const found = await store.apiKeys.findByHash(pepper.apiKeyHash(issued.secret));
    expect(found).toMatchObject({
      id: issued.id,
      tenantId: id,
      mode: 'live',
      scopes: ['send'],
      expiresAt: null,
    });
    expect(`${issued.secret}`).toBe('[secret]');
  });
});
