import { beforeAll, expect, it } from '@jest/globals';
import { OtpClient } from '@otp-relay/client';
import { waitFor } from '@otp-relay/testkit';
import pg from 'pg';
import { describeWorld } from './world/index.ts';

const mark = 20;
const after = (ms: number): Promise<{ status?: number }> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, {});
  });

describeWorld(
  'overload',
  (world) => {
    let next = 2_000_000;
    const phone = (): string => `+1415${next++}`;
    const post = async (apiKey: string): Promise<Response> =>
      fetch(`${world().apiUrl}/v1/verifications`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ to: { phone: phone() } }),
      });
    const waiting = async (): Promise<number> =>
      (await world().house.producer.counts())['otp-send-whatsapp'].waiting;
    const messages = async (): Promise<number> =>
      (await world().simulator.messages({ provider: 'meta', limit: 10_000 })).length;
    /** As many as it takes until the door closes; how many were accepted, and the answer to the one that was not. */
    const fill = async (): Promise<{ accepted: number; refused: Response }> => {
      for (let asked = 0, accepted = 0; asked < 20 * mark; asked += 1) {
        const response = await post(world().apiKey);
        expect([201, 503]).toContain(response.status);
        if (response.status === 201) accepted += 1;
        // A machine that is busy with other tests closes the door for being slow, too.
        else if ((await waiting()) >= mark / 2) return { accepted, refused: response };
      }
      throw new Error('the door never closed');
    };
    // Two calls of 400 ms at a time: five a second is all there is.
    beforeAll(() =>
      world().simulator.settings({ latencyMs: 400, metaThroughputPerSecond: 0, metaPairLimit: false }),
    );

    it('answers 503 with Retry-After above the mark, sends what it accepted, and opens again by itself', async () => {
      const { accepted, refused } = await fill();
      expect(await waiting()).toBeLessThanOrEqual(2 * mark);
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(await refused.json()).toMatchObject({ code: 'OTP_OVERLOADED' });
      const opened = await waitFor(
        'the door to open',
        async () => (await post(world().apiKey)).status === 201,
        {
          timeoutMs: 15_000,
          everyMs: 250,
        },
      );
      expect(opened).toBe(true);
      await waitFor('all that was accepted', async () => (await messages()) >= accepted + 1, {
        timeoutMs: 30_000,
        everyMs: 250,
      });
    }, 60_000);

    it('shuts out who fills the queues, not the others, who are served in turn', async () => {
      const quiet = await world().addTenant();
      await fill();
      const first = await post(quiet.apiKey);
      expect(first.status).toBe(201);
      const { id } = (await first.json()) as { id: string };
      const attempt = id.replace('vrf_', 'att_');
      await waitFor(
        "the other tenant's message",
        async () =>
          (await world().simulator.messages({ provider: 'meta', limit: 10_000 })).some((message) =>
            message.attemptId?.startsWith(attempt),
          ),
        { timeoutMs: 3_000, everyMs: 50 },
      );
      expect(await waiting()).toBeGreaterThan(5);
    }, 60_000);

    it('sends the message of one who hardly waits although every hand is busy for seconds', async () => {
      const quiet = await world().addTenant();
      await fill();
      const hasLine = async (): Promise<boolean> => {
        if ((await waiting()) > 12) return true;
        await post(world().apiKey);
        return false;
      };
      await waitFor('a line', hasLine, { timeoutMs: 20_000, everyMs: 20 });
      await world().simulator.settings({ latencyMs: 2_500 });
      const slowSince = Date.now();
      try {
        await waitFor('both hands to be busy with slow calls', async () => {
          const queue = world()
            .house.producer.queues()
            .find(({ name }) => name === 'otp-send-whatsapp');
          const active = (await queue?.getActive()) ?? [];
          return active.length === 2 && active.every(({ processedOn = 0 }) => processedOn > slowSince);
        });
        expect(await waiting()).toBeGreaterThan(10);
        const { id } = (await (await post(quiet.apiKey)).json()) as { id: string };
        const calledAfterMs = await waitFor('the call', async () => {
          const entries = await new OtpClient({ url: world().apiUrl, apiKey: quiet.apiKey }).timeline(id);
          const [accepted] = entries.entries;
          const sending = entries.entries.find(({ type }) => type === 'attempt_sending');
          return accepted && sending && Date.parse(sending.at) - Date.parse(accepted.at);
        });
        expect(calledAfterMs).toBeLessThan(1_000);
      } finally {
        await world().simulator.settings({ latencyMs: 400 });
      }
    }, 60_000);

    it('does not look for the job of one who stands in line before its turn', async () => {
      const database = new pg.Client({ connectionString: world().env.DATABASE_URL });
      await database.connect();
      try {
        await fill();
        // Five a second are sent, so behind ten others it is two seconds, and five more until it is looked for.
        const lookedForAfterMs = await waitFor(
          'a request that knows of the line',
          async () => {
            const response = await post(world().apiKey);
            if (response.status !== 201) return false;
            const { id } = (await response.json()) as { id: string };
            const { rows } = await database.query<{ ms: number }>(
              "select (deadline_at - created_at)::int as ms from otp.verifications where id = $1 and delivery = 'queued'",
              [id],
            );
            const [{ ms } = { ms: 0 }] = rows;
            return ms > 6_000 && ms;
          },
          { timeoutMs: 20_000, everyMs: 100 },
        );
        expect(lookedForAfterMs).toBeLessThan(30_000);
      } finally {
        await database.end();
      }
    }, 60_000);

    it('answers 503 soon instead of gathering requests while the database is slow', async () => {
      const { apiKey } = await world().addTenant();
      const database = new pg.Client({ connectionString: world().env.DATABASE_URL });
      await database.connect();
      await database.query('begin; lock table otp.verifications in exclusive mode');
      const first = post(apiKey);
      await waitFor(
        'a refusal that does not wait for the database',
        async () => {
          const startedAt = Date.now();
          const { status } = await Promise.race([post(apiKey), after(500)]);
          return status === 503 && Date.now() - startedAt < 500;
        },
        { timeoutMs: 10_000 },
      );
      await database.query('rollback');
      await database.end();
      expect((await first).status).toBe(201);
    }, 30_000);

    it('leaves jobs in the public queue above the mark, and takes every one when there is room', async () => {
      await fill();
      const before = await messages();
      const stood = await waiting();
      const tenant = world().tenantId;
      const jobs = Array.from({ length: 2 * mark }, () => ({ v: 1, tenant, to: { phone: phone() } }));
      await Promise.all(jobs.map((job) => world().house.producer.intake(job)));
      const { otp } = await world().house.producer.counts();
      expect(otp.waiting + otp.active).toBeGreaterThan(mark / 2);
      await waitFor('every message', async () => (await messages()) >= before + stood + jobs.length, {
        timeoutMs: 40_000,
        everyMs: 250,
      });
      expect((await world().house.producer.counts()).otp).toMatchObject({ waiting: 0, active: 0, failed: 0 });
    }, 70_000);
  },
  {
    tenant: { whatsappMs: 120_000 },
    env: { OTP_MAX_WAITING: String(mark), OTP_WHATSAPP_CONCURRENCY: '2', OTP_INTAKE_CONCURRENCY: '10' },
  },
);
