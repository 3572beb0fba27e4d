import { storedProblems } from '@otp-relay/engine';
import type { Store } from '@otp-relay/store';
import type { KeyRing } from '@otp-relay/vault';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Whether every stored tenant could send right now: its config, its accounts, its sealed credentials, its keys. */
export async function checkTenants(store: Store, keys: KeyRing, now: number): Promise<Finding[]> {
  const tenants = await store.tenants.list();
  if (tenants.length === 0)
    return [
      warn(
        'tenants',
        'there are none yet',
        'Write a file like examples/tenants.yaml and run: otp tenants apply tenants.yaml',
      ),
    ];
  const findings: Finding[] = [];
  for (const { id } of tenants) {
    const problems = await storedProblems(store, keys, id);
    for (const { path, problem } of problems)
      findings.push(
        fail('tenants', `${path} ${problem}`, 'Mend it in the tenants file and run: otp tenants apply'),
      );
    if (problems.length > 0) continue;
    const working = (await store.apiKeys.list(id)).filter(
      (key) => key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now),
    );
    findings.push(
      working.length > 0
        ? ok('tenants', `${id} can send, with ${working.length} API key${working.length === 1 ? '' : 's'}`)
        : warn(
            'tenants',
            `${id} has no working API key: only the queue can send for it`,
            `otp keys create --tenant ${id}`,
          ),
    );
  }
  return findings;
}
