import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { connect } from './connect.ts';
import { testStore } from './testing/test-store.ts';
import { query } from './with-client.ts';

describe('connect', () => {
  it('takes on the role of the corridor whatever the URL says, and keeps what else it says', async () => {
    const test = await testStore();
    const url = `${test.url}?options=${encodeURIComponent('-c role=none -c work_mem=7MB')}`;
    const connections = connect({ url, maxConnections: 2 });
    for (const pool of [connections.ledger, connections.queries]) {
      const rows = await query(pool, {
        text: `select current_user::text as "user", current_setting('work_mem') as memory`,
      });
      expect(rows).toEqual([{ user: 'otp_corridor', memory: '7MB' }]);
    }
    await connections.close();
    await test.stop();
  });

  it('reads bigints as numbers, without changing what others of this process read', async () => {
    const test = await testStore();
    const connections = connect({ url: test.url });
    expect(await query(connections.queries, { text: 'select 1795314401549::bigint as at' })).toEqual([
      { at: 1795314401549 },
    ]);
    expect((await test.admin.query('select 1::bigint as n')).rows).toEqual([{ n: '1' }]);
    expect(pg.types.getTypeParser(pg.types.builtins.INT8)('5')).toBe('5');
    await connections.close();
    await test.stop();
  });
});
