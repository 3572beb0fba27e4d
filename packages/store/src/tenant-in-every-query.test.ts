import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { literalsOf } from './testing/literals-of.ts';
import { type TestStore, testStore } from './testing/test-store.ts';

const root = new URL('.', import.meta.url).pathname;
const skipped = /\.test\.ts$|^(?:migrations|testing|embedded)\//;
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !skipped.test(path))
  .map((path) => relative(root, join(root, path)))
  .sort();

const touches = /\b(?:from|join|into|update|using)\s+otp\.([a-z_]+)\b(?!\s*\()/gi;
const namesTenant = /\btenant_id\b/;
/** In `otp.tenants` the id is the tenant. */
const namesTenantById = /otp\.tenants\b[^;]*\b(?:where|\()\s*(?:t\.)?id\b/;

/** Statements that name no tenant on purpose: where, how they begin, and why that is right. */
const acrossTenants: readonly (readonly [path: string, begins: RegExp, why: string])[] = [
  ['buckets/prune.ts', /^with spent/, 'forgets what means nothing any more, whosever it was'],
  [
    'ledger/change.ts',
    /^(?:select|update|with kept)/,
    'batches span tenants; rows by their own id, tenant guarded by the engine',
  ],
  ['ledger/due.ts', /^select id/, 'the sweeper rings for everybody'],
  ['ledger/has-deadlines.ts', /^select r\.n/, 'compares deadlines by id, for the sweeper'],
  ['queries/api-keys.ts', /^select .* where hash = /, 'the key says who the tenant is'],
  ['queries/evidence.ts', /^select x from/, 'public keys, served to everybody'],
  ['queries/tenants.ts', /^select .* order by id$/, 'the list of the tenants themselves, for operators'],
  [
    'queries/watch-tenants.ts',
    /^select id from otp\.tenants$/,
    'every cache is emptied after a lost connection',
  ],
];

interface Statement {
  readonly path: string;
  readonly text: string;
}

const statements: readonly Statement[] = sources.flatMap((path) =>
  literalsOf(readFileSync(join(root, path), 'utf8')).map((text) => ({
    path,
    text: text.replace(/\s+/g, ' ').trim(),
  })),
);

describe('every query', () => {
  let test: TestStore;
  let tables: ReadonlySet<string>;
  beforeAll(async () => {
    test = await testStore();
    const { rows } = await test.admin.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'otp' and tablename <> 'migrations'`,
    );
    tables = new Set(rows.map(({ name }) => name));
  });
  afterAll(() => test.stop());

  const touching = (): Statement[] =>
    statements.filter(({ text }) => [...text.matchAll(touches)].some(([, table = '']) => tables.has(table)));

  it('names the tenant, or is on the list of those that span tenants', () => {
    const nameless = touching().filter(
      ({ path, text }) =>
        !namesTenant.test(text) &&
        !namesTenantById.test(text) &&
        !acrossTenants.some(([where, begins]) => where === path && begins.test(text)),
    );
    expect(nameless.map(({ path, text }) => `${path}: ${text.slice(0, 110)}`)).toEqual([]);
    expect(touching().length).toBeGreaterThan(40);
  });

  it('is on that list only while it is there', () => {
    const stale = acrossTenants.filter(
      ([where, begins]) => !touching().some(({ path, text }) => where === path && begins.test(text)),
    );
    expect(stale.map(([where, begins]) => `${where} ${begins}`)).toEqual([]);
  });
});
