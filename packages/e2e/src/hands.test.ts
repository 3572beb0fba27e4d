import { expect, it } from '@jest/globals';
import { sendQueueOf } from '@otp-relay/queue';
import { waitFor } from '@otp-relay/testkit';
import pg from 'pg';
import { describeWorld, phoneBook } from './world/index.ts';

describeWorld('the short way from the public queue to the provider', (world) => {
  const phone = phoneBook();
  const queueOf = (name: string) =>
    world()
      .house.producer.queues()
      .find((queue) => queue.name === name)!;
  const idsNow = async (): Promise<readonly string[]> =>
    (await world().house.store.verification.list(world().tenantId, { limit: 100 })).map(({ id }) => id);
  const ask = async (to: string): Promise<string> => {
    const before = new Set(await idsNow());
    const job = { v: 1, tenant: world().tenantId, to: { phone: to }, purpose: 'auth' } as const;
    await world().house.producer.intake(job);
    let id: string | undefined;
    await waitFor('the job to become a verification', async () => {
      id = (await idsNow()).find((one) => !before.has(one));
      return id !== undefined;
    });
    return id ?? '';
  };
  /** In how many commits lines of these types were written. */
  const commitsOf = async (id: string, types: readonly string[]): Promise<number> => {
    const database = new pg.Client({ connectionString: world().env.DATABASE_URL });
    await database.connect();
    try {
      const { rows } = await database.query(
        'select count(distinct xmin::text)::int as commits from otp.events where verification_id = $1 and type = any($2)',
        [id, types],
      );
      return rows[0].commits;
    } finally {
      await database.end();
    }
  };
  const timelineOf = async (id: string): Promise<readonly string[]> =>
    (await world().house.store.verification.timeline(world().tenantId, id)).map(({ type }) => type);

  it('grants the first attempt in the commit that accepts', async () => {
    // The first request makes a worker look at the queues; until it has seen them nobody takes the short way.
    await waitFor('a request to take the short way', async () => {
      const id = await ask(phone('00'));
      await world().until('the message to arrive', id, ({ delivery }) => delivery === 'delivered');
      expect((await timelineOf(id)).slice(0, 3)).toEqual(['accepted', 'attempt_queued', 'attempt_sending']);
      return (await commitsOf(id, ['accepted', 'attempt_sending'])) === 1;
    });
  });

  it('waits in the queue of a channel that an operator paused', async () => {
    const queue = queueOf(sendQueueOf('whatsapp'));
    await queue.pause();
    const to = phone('00');
    try {
      await waitFor('the pause to be seen by the worker', async () => {
        const probe = await ask(phone('00'));
        return (await queue.getJob(`att_${probe.slice(4)}_0_1`)) !== undefined;
      });
      const id = await ask(to);
      await waitFor(
        'its attempt to wait',
        async () => (await queue.getJob(`att_${id.slice(4)}_0_1`)) !== undefined,
      );
      expect(await world().simulator.calls({ to })).toEqual([]);
      await queue.resume();
      await world().until('the message to arrive', id, ({ delivery }) => delivery === 'delivered');
    } finally {
      await queue.resume();
    }
  });
});
