import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@otp-relay/testkit';
import pg from 'pg';
import { migrate, openStore } from './index.ts';
import { migrations } from './migrations/index.ts';
import { roles } from './migrations/roles.ts';
import { newVerification } from './testing/new-verification.ts';

const names = migrations.map((migration) => migration.name);

describe('migrate', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.stop());

  it('runs every migration once when eight processes start together', async () => {
    const ran = await Promise.all(Array.from({ length: 8 }, () => migrate(database.url)));
    expect(ran.flat().sort()).toEqual([...names].sort());
    expect(await migrate(database.url)).toEqual([]);
  });

  it('makes the roles of the server from several databases at once', async () => {
    const others = await Promise.all([testDatabase(), testDatabase(), testDatabase()]);
    const ran = await Promise.all(others.map((other) => migrate(other.url)));
    expect(ran).toEqual([names, names, names]);
    await Promise.all(others.map((other) => other.stop()));
  });

  it('refuses a migration whose text was changed after it ran', async () => {
    await migrate(database.url);
    await asAdmin(`update otp.migrations set checksum = 'other' where name = '${names[0]}'`);
    await expect(migrate(database.url)).rejects.toMatchObject({
      code: 'OTP_STORE_MIGRATION',
      message: expect.stringContaining(`${names[0]} was applied with another text`),
    });
  });

  it('refuses a database that is ahead of the program', async () => {
    await migrate(database.url);
    await asAdmin(`insert into otp.migrations (name, checksum) values ('9999-later', 'x')`);
    await expect(migrate(database.url)).rejects.toThrow('9999-later was applied by a newer version');
  });

  describe('as a user who is no superuser', () => {
    const user = `owner_${process.pid}_${Date.now()}`;
    const asOwner = (): string => database.url.replace(/\/\/[^@]*@/, `//${user}:secret@`);

    beforeEach(() => asAdmin(`create role ${user} login createrole password 'secret'`, ownDatabase()));
    afterEach(() =>
      asAdmin(`reassign owned by ${user} to current_user`, `drop owned by ${user}`, `drop role ${user}`),
    );

    it('works when the user may be granted the roles, and the store is used as that user', async () => {
      await grantRolesAsAdministrator();
      expect(await migrate(asOwner())).toEqual(names);
      const store = openStore({ url: asOwner() });
      const row = newVerification();
      expect(await store.ledger.insert([row])).toEqual([{ kind: 'inserted' }]);
      const { id } = row.verification;
      expect((await store.verification.get('acme', id))?.verification).toEqual(row.verification);
      expect(await store.verification.get('other', id)).toBeUndefined();
      await store.close();
    });

    it('owns the tables and yet sees nothing once it is a member of no role', async () => {
      await grantRolesAsAdministrator();
      await migrate(asOwner());
      const store = openStore({ url: asOwner() });
      await store.ledger.insert([newVerification()]);
      await store.close();
      await asAdmin(`revoke ${roles.join(', ')} from ${user}`);
      const owner = new pg.Client({ connectionString: asOwner() });
      await owner.connect();
      expect((await owner.query('select 1 from otp.verifications')).rowCount).toBe(0);
      await owner.end();
    });

    it('lets the apps run as a user who owns nothing, once the owner has migrated', async () => {
      await migrate(database.url);
      await asAdmin(
        `alter database ${new URL(database.url).pathname.slice(1)} owner to current_user`,
        `alter role ${user} nocreaterole`,
        ...roles.map((role) => `grant ${role} to ${user}`),
      );
      expect(await migrate(asOwner())).toEqual([]);
      const store = openStore({ url: asOwner() });
      expect(await store.ledger.insert([newVerification()])).toEqual([{ kind: 'inserted' }]);
      await store.close();
      const app = new pg.Client({ connectionString: asOwner() });
      await app.connect();
      for (const statement of ['drop table otp.events', 'alter table otp.events no force row level security'])
        await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
      await app.end();
    });

    it('says what an administrator has to run when the roles cannot be had', async () => {
      await asAdmin(
        `alter role ${user} nocreaterole`,
        `do $$ begin create role otp_corridor nologin; exception when duplicate_object then null; end $$`,
      );
      await expect(migrate(asOwner())).rejects.toThrow(/As an administrator run: create role otp_corridor/);
    });

    const ownDatabase = (): string =>
      `alter database ${new URL(database.url).pathname.slice(1)} owner to ${user}`;
    const grantRolesAsAdministrator = async (): Promise<void> => {
      // Made by another user before us, as in any database but the first: only an administrator can grant them.
      for (const role of roles)
        await asAdmin(
          `do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$`,
          `grant ${role} to ${user}`,
        );
    };
  });

  async function asAdmin(...statements: string[]): Promise<void> {
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    for (const statement of statements) await admin.query(statement);
    await admin.end();
  }
});
