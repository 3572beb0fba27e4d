import { tenants } from './0001-tenants.ts';
import { verifications } from './0002-verifications.ts';
import { records } from './0003-records.ts';
import { rowSecurity } from './0004-row-security.ts';
import { admin } from './0008-admin.ts';

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In order, and never edited once released: a changed text is refused by its checksum. */
export const migrations: readonly Migration[] = [tenants, verifications, records, rowSecurity, admin];
