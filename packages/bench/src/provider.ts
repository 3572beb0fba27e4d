import { type Simulator, simulatedCredentials } from '@otp-relay/e2e/world';
import { waitFor } from '@otp-relay/testkit';

/** How the simulated provider is set up, for the report. */
export interface ProviderSettings {
  readonly sentAfterMs: number;
  readonly deliveredAfterMs: number;
  readonly metaBatchMs: number;
  readonly metaBatchMax: number;
}

/** A fast provider without any limit: what is measured is us. */
export async function setUp(simulator: Simulator, metaBatchMs: number): Promise<ProviderSettings> {
  const settings = { sentAfterMs: 20, deliveredAfterMs: 60, metaBatchMs, metaBatchMax: 100 };
  await simulator.settings({
    ...settings,
    metaThroughputPerSecond: 0,
    metaPairLimit: false,
    keep: 1_000_000,
  });
  return settings;
}

/** Every message is delivered, and only that is told: one webhook per message. */
export const onlyDelivered = (simulator: Simulator): Promise<void> =>
  simulator.script({
    provider: 'meta',
    times: null,
    answer: { kind: 'accept' },
    receipts: [{ status: 'delivered', afterMs: 'delivered' }],
  });

export const messagesUrlOf = (simulator: Simulator): string =>
  `${simulator.http}/v24.0/${simulatedCredentials.phoneNumberId}/messages`;

/** From setting out to the provider's call, ms, for each phone. */
export async function dispatchTimes(
  simulator: Simulator,
  setOutAt: ReadonlyMap<string, number>,
): Promise<number[]> {
  const calledAt = await waitFor(
    `${setOutAt.size} provider calls`,
    async () => {
      const calls = await callsOf(simulator);
      const byPhone = new Map(calls.map((call) => [call.to, Date.parse(call.at)]));
      return [...setOutAt.keys()].every((phone) => byPhone.has(phone)) && byPhone;
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
  return [...setOutAt].map(([phone, at]) => (calledAt.get(phone) ?? Number.NaN) - at);
}

interface Call {
  readonly to: string;
  readonly at: string;
}

/** The newest calls; as many as the simulator hands out at once. */
async function callsOf(simulator: Simulator): Promise<readonly Call[]> {
  const response = await fetch(`${simulator.http}/_sim/calls?provider=meta&limit=100000`);
  return ((await response.json()) as { calls: readonly Call[] }).calls;
}
