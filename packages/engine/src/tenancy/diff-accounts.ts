import { createHmac } from 'node:crypto';
import type { AccountConfig } from '@otp-relay/contracts';
import type { KeyRing } from '@otp-relay/vault';
import { diffFields } from './diff-fields.ts';
import type { StoredAccount } from './stored-tenant.ts';
import type { DiffLine } from './tenant-change.ts';

/** What applying a tenant's accounts means. `add`, `change` and `remove` name the rows. */
export interface AccountsDiff {
  readonly lines: readonly DiffLine[];
  readonly add: readonly string[];
  readonly change: readonly string[];
  readonly remove: readonly string[];
}

/** Compares a tenant's accounts; of a credential only its name is shown, never its value. */
export function diffAccounts(
  stored: ReadonlyMap<string, StoredAccount>,
  wanted: Readonly<Record<string, AccountConfig>>,
  keys: KeyRing,
): AccountsDiff {
  const lines: DiffLine[] = [];
  const add: string[] = [];
  const change: string[] = [];
  for (const [id, account] of Object.entries(wanted)) {
    const before = stored.get(id);
    const inner = before ? changesOf(before, account, keys) : [];
    if (before && inner.length === 0) continue;
    (before ? change : add).push(id);
    lines.push({ sign: before ? '~' : '+', depth: 1, text: `account ${id} (${account.provider})` }, ...inner);
  }
  const remove = [...stored.keys()].filter((id) => wanted[id] === undefined);
  for (const id of remove)
    lines.push({ sign: '-', depth: 1, text: `account ${id} (${stored.get(id)?.provider})` });
  return { lines, add, change, remove };
}

function changesOf(before: StoredAccount, after: AccountConfig, keys: KeyRing): DiffLine[] {
  const lines = diffFields({ provider: before.provider }, { provider: after.provider }, 2);
  lines.push(...diffFields({ settings: before.settings }, { settings: after.settings }, 2));
  if (before.credentials === null)
    return [
      ...lines,
      { sign: '~', depth: 2, text: 'credentials: replaced (the stored ones cannot be opened)' },
    ];
  lines.push(...credentialLines(before.credentials, after.credentials, fingerprintOf(keys)));
  if (before.keyVersion !== keys.current)
    lines.push({
      sign: '~',
      depth: 2,
      text: `credentials: sealed anew with key ${keys.current} (was ${before.keyVersion})`,
    });
  return lines;
}

type Credentials = AccountConfig['credentials'];
type Fingerprint = (name: string, value: string) => string;

function credentialLines(before: Credentials, after: Credentials, fingerprint: Fingerprint): DiffLine[] {
  const lines: DiffLine[] = [];
  for (const [name, value] of Object.entries(after)) {
    const was = before[name];
    if (was === undefined) lines.push({ sign: '+', depth: 2, text: `credentials.${name}: set` });
    else if (fingerprint(name, was) !== fingerprint(name, value))
      lines.push({ sign: '~', depth: 2, text: `credentials.${name}: changed` });
  }
  for (const name of Object.keys(before))
    if (after[name] === undefined) lines.push({ sign: '-', depth: 2, text: `credentials.${name}: removed` });
  return lines;
}

/** Credentials are compared by keyed fingerprint, so that no value travels further than this file. */
function fingerprintOf(keys: KeyRing): Fingerprint {
  const key = keys.derive(keys.current, 'credentials-fingerprint');
  return (name, value) => createHmac('sha256', key).update(`${name}\n${value}`).digest('base64');
}
