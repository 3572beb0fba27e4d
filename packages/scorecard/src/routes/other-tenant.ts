import { createHash } from 'node:crypto';
import { simulatedTenant } from '@otp-relay/e2e/world';
import { apiKeyScopes, applyTenants, issueApiKey } from '@otp-relay/engine';
import type { TwoApis } from './two-apis.ts';

/** A tenant with something in every drawer, and the key that may open them. */
export interface OtherTenant {
  readonly id: string;
  readonly key: string;
}

const otherBrand = 'Umbrella Holding';

/** Words of that tenant which no call of another one says, so that no answer to it may hold them. */
export const otherMarkers: readonly string[] = [
  otherBrand,
  'hooks.umbrella.example',
  'umbrella key',
  '••• 171',
  '••• 71',
];

/** Makes the tenant nobody else may see: accounts and names of its own, verifications, events, a piece of evidence. */
export async function makeOtherTenant({ world, database }: TwoApis): Promise<OtherTenant> {
  const id = `umbrella-${world.tenantId.slice(-8)}`;
  const template = simulatedTenant(world.simulator);
  const names = new Map(Object.keys(template.accounts).map((name) => [name, `umbrella-${name}`]));
  const config = {
    ...template,
    name: otherBrand,
    brand: otherBrand,
    limits: { ...template.limits, recipient: null, tenant: null },
    accounts: Object.fromEntries(
      Object.entries(template.accounts).map(([name, account]) => [names.get(name), account]),
    ),
    route: template.route.map((step) => ({ ...step, account: names.get(step.account) ?? '' })),
    webhooks: [{ id: 'umbrella-hook', url: 'https://hooks.umbrella.example/otp' }],
  };
  const { store, keys, pepper } = world.house;
  const applied = await applyTenants(store, keys, { tenants: { [id]: config } });
  if (!applied.ok) throw new Error(`the tenant was refused: ${JSON.stringify(applied)}`);
  const issued = await issueApiKey(store, pepper, {
    tenantId: id,
    name: 'umbrella key',
    scopes: apiKeyScopes,
  });
  const key = issued.secret.reveal();
  for (const n of [1, 2, 3]) await send(world.apiUrl, key, { phone: `+1415555017${n}` });
  await evidence(database, id);
  return { id, key };
}

async function send(url: string, key: string, to: object): Promise<void> {
  const answer = await fetch(`${url}/v1/verifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ to }),
  });
  if (answer.status !== 201) throw new Error(`nothing was accepted: ${answer.status} ${await answer.text()}`);
}

/** As the sealer would leave it, without a worker and a person who approves. */
async function evidence(database: TwoApis['database'], tenantId: string): Promise<void> {
  const { rows } = await database.query<{ id: string }>(
    'select id from otp.verifications where tenant_id = $1 limit 1',
    [tenantId],
  );
  const verification = rows[0]?.id ?? '';
  const record = JSON.stringify({ verification, of: otherBrand });
  await database.query(
    `insert into otp.evidence (tenant_id, mode, sequence, verification_id, record, hash, key_id, signature)
      values ($1, 'live', 1, $2, $3, $4, 'umbrella-evidence', $5)`,
    [tenantId, verification, record, createHash('sha256').update(record).digest(), Buffer.alloc(64)],
  );
}
