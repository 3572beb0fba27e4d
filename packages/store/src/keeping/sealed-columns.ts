/** A column of values that the vault sealed. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The columns that name a row, beside the tenant. */
  readonly key: 'id';
  /** What a value is bound to, by tenant and row. */
  readonly use: 'code' | 'recipient' | 'credentials' | 'webhook';
}

/** Every column that holds sealed values: a test compares it with the schema. */
export const sealedColumns = [
  { table: 'accounts', column: 'sealed_credentials', key: 'id', use: 'credentials' },
  { table: 'webhooks', column: 'sealed_secrets', key: 'id', use: 'webhook' },
  { table: 'requests', column: 'sealed_recipient', key: 'id', use: 'recipient' },
  { table: 'verifications', column: 'sealed_code', key: 'id', use: 'code' },
] as const satisfies readonly SealedColumn[];
