import { lookAtLimits } from '@otp-relay/engine';
import { waitFor } from '@otp-relay/testkit';
import { type Random, seeded } from '../random.ts';
import { countInFlight } from '../records/ledger.ts';
import { readProviderCalls } from '../records/provider-calls.ts';
import type { Figure, Row, RowContext } from '../row.ts';
import { openStage, type Stage } from '../stage/open-stage.ts';
import { openTwoApis, type TwoApis } from '../stage/second-api.ts';

const resends = 1_000;
const budget = 100;
/** The first code's pause; after the second nobody may send for ten minutes. */
const coolDownMs = [1_000, 600_000];
const minuteMs = 60_000;

/**
 * Row 25: a thousand resends of one verification at the moment its cool-down ends, and thousands of requests for a day's
 * budget of a hundred messages; both at two api processes, with two workers.
 */
export const parallelCaps: Row = {
  rows: [25],
  title: 'a thousand resends at once, and a budget of a hundred',
  quick: true,
  async run(context) {
    const stage = await openStage({
      workers: 2,
      tenant: {
        whatsappMs: 900_000,
        more: {
          limits: {
            recipient: { coolDownMs, perTenMinutes: 5, perDay: 10 },
            ip: null,
            device: null,
            tenant: null,
          },
          spend: { currency: 'EUR', prices: { sms: { default: 1 } }, dailyCaps: { total: budget } },
        },
      },
    });
    const apis = await openTwoApis(stage.world).catch(async (fault: unknown) => {
      await stage.close();
      throw fault;
    });
    try {
      return [await measure(stage, apis, context)];
    } finally {
      await apis.close();
      await stage.close();
    }
  },
};

async function measure(stage: Stage, apis: TwoApis, { seed, short, log }: RowContext): Promise<Figure> {
  const random = seeded(seed);
  const rounds = short ? 2 : 10;
  const sends: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    sends.push(await resendAll(stage, apis, random));
    log(`round ${round + 1}: ${resends} resends, ${sends.at(-1)} sent`);
  }
  const requests = short ? 1_000 : 5_000;
  const { sent, accepted } = await spendAll(stage, apis, requests);
  log(`${accepted} of ${requests} requests accepted, ${sent} messages sent`);
  return {
    row: 25,
    figure: `sent of ${resends} resends; of ${requests} requests for a budget of ${budget}`,
    value: `${Math.max(...sends)}; ${sent}`,
    target: '1 send; exactly 100',
    pass: sends.every((count) => count === 1) && sent === budget && accepted === requests,
    bounded: short,
    detail: `${rounds} × ${resends} resends sent ${sends.join(', ')}; ${accepted} requests sent ${sent}`,
  };
}

/** How many messages went out for a thousand resends of one verification. */
async function resendAll({ world }: Stage, { post }: TwoApis, random: Random): Promise<number> {
  const phone = `+1212${random.int(2_000_000, 9_999_999)}`;
  const id = await world.send({ to: { phone }, route: ['whatsapp'] });
  await world.until('the first message to arrive', id, ({ delivery }) => delivery === 'delivered');
  await waitFor('the cool-down to end', async () => {
    const ask = { tenantId: world.tenantId, mode: 'live', purpose: 'auth', recipient: phone } as const;
    const seen = await lookAtLimits(ask, world.house);
    return seen.kind === 'seen' && seen.lines.every(({ freeAfterMs }) => freeAfterMs === 0);
  });
  const answers = await Promise.all(
    Array.from({ length: resends }, () => post(`/v1/verifications/${id}/resend`, {})),
  );
  const stray = answers.find(({ status }) => ![200, 409, 429].includes(status));
  if (stray) throw new Error(`a resend was answered ${stray.status}`);
  await world.until('what was resent to arrive', id, ({ attempts }) =>
    attempts.every(({ state }) => state === 'delivered' || state === 'read'),
  );
  const calls = await world.simulator.calls({ to: phone });
  return calls.length - 1;
}

/** How many messages with a price went out for so many different people. */
async function spendAll(
  { world, database }: Stage,
  { post }: TwoApis,
  requests: number,
): Promise<{ readonly sent: number; readonly accepted: number }> {
  let next = 0;
  let accepted = 0;
  const client = async (): Promise<void> => {
    while (next < requests) {
      next += 1;
      const body = {
        to: { phone: `+1213${2_000_000 + next}` },
        route: ['sms'],
        idempotencyKey: `spend-${next}`,
      };
      let answer = await post('/v1/verifications', body);
      // Two busy cores may be asked for more than they can do: then it was not taken, and is asked again.
      while (answer.status === 503) answer = await post('/v1/verifications', body);
      if (answer.status === 201) accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: 200 }, client));
  await waitFor(
    'every message to be sent or withheld',
    async () => (await countInFlight(database, world.tenantId)) === 0,
    { timeoutMs: 2 * minuteMs, everyMs: 200 },
  );
  const calls = await readProviderCalls(world.simulator);
  return { sent: calls.filter(({ channel, created }) => channel === 'sms' && created).length, accepted };
}
