import { tenants } from './0001-tenants.ts';
import { verifications } from './0002-verifications.ts';
import { records } from './0003-records.ts';
import { rowSecurity } from './0004-row-security.ts';
import { checks } from './0005-checks.ts';
import { limits } from './0006-limits.ts';
import { abuse } from './0007-abuse.ts';
import { admin } from './0008-admin.ts';
import { outgoing } from './0009-outgoing.ts';
import { evidence } from './0010-evidence.ts';
import { versions } from './0011-versions.ts';
import { keeping } from './0012-keeping.ts';
import { decided } from './0013-decided.ts';
import { lighterWrites } from './0014-lighter-writes.ts';
import { lighterChecks } from './0015-lighter-checks.ts';
import { rowsAsRows } from './0016-rows-as-rows.ts';

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In order, and never edited once released: a changed text is refused by its checksum. */
export const migrations: readonly Migration[] = [
  tenants,
  verifications,
  records,
  rowSecurity,
  checks,
  limits,
  abuse,
  admin,
  outgoing,
  evidence,
  versions,
  keeping,
  decided,
  lighterWrites,
  lighterChecks,
  rowsAsRows,
];
