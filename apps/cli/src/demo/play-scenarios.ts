import { setTimeout as delay } from 'node:timers/promises';
import { type HttpOptions, OtpClient } from '@otp-relay/client';
import type { House } from '@otp-relay/engine';
import type { VerificationView } from '@otp-relay/store';
import type { DemoInstallation } from './demo-installation.ts';
import { isAsExpected, judge, type Verdict } from './judge.ts';
import { type Scenario, type Seen, scenarios } from './scenarios.ts';

/** A scenario on its way. `shown` is undefined until it has been asked for. */
export interface Playing {
  readonly scenario: Scenario;
  readonly shown: VerificationView | undefined;
}

/** A scenario at its end. */
export interface Played extends Seen {
  readonly scenario: Scenario;
  readonly shown: VerificationView;
  readonly verdict: Verdict;
}

const settleWithinMs = 30_000;
const everyMs = 100;
/** Area codes that exist: another one each time, so that a person of the last demo is not asked again. */
const areaCodes = ['202', '212', '305', '312', '404', '415', '503', '512', '617', '702', '713', '808'];

/** Asks for one verification per scenario, follows them all until each is as expected or time is up, and judges them. */
export async function playScenarios(
  { house, phones, places }: Pick<DemoInstallation, 'house' | 'phones' | 'places'>,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (playing: readonly Playing[]) => void },
): Promise<readonly Played[]> {
  const client = new OtpClient({ url: places.api, apiKey: places.apiKey });
  try {
    const ids = await Promise.all(scenarios.map((scenario) => send(client, scenario)));
    const playing = await follow(house, places.tenant, ids, { signal, onProgress });
    return await Promise.all(
      playing.map(async ({ scenario, shown }): Promise<Played> => {
        if (!shown) throw new Error(`the verification of "${scenario.title}" is gone`);
        const { verification } = shown;
        const entries = await house.store.verification.timeline(places.tenant, verification.id);
        const phone = await Promise.all(verification.attempts.map(({ id }) => phones.arrived(id)));
        const seen: Seen = { verification, entries, phone: phone.flat() };
        return { ...seen, scenario, shown, verdict: judge(scenario, seen) };
      }),
    );
  } finally {
    await client.close();
  }
}

/** Ends what an earlier demo left running for the same person, which a new request would join. */
async function send(client: OtpClient<HttpOptions>, { request }: Scenario): Promise<string> {
  const areaCode = areaCodes[Math.floor(Date.now() / 1_000) % areaCodes.length];
  const asked = request((whatsapp, sms = '00') => `+1${areaCode}555${whatsapp}${sms}`);
  const first = await client.send(asked);
  if (!first.deduplicated) return first.id;
  await client.cancel(first.id);
  return (await client.send(asked)).id;
}

async function follow(
  { store }: House,
  tenantId: string,
  ids: readonly string[],
  { signal, onProgress }: { signal: AbortSignal; onProgress: (playing: readonly Playing[]) => void },
): Promise<readonly Playing[]> {
  for (const giveUpAt = Date.now() + settleWithinMs; ; ) {
    signal.throwIfAborted();
    const views = await Promise.all(ids.map((id) => store.verification.get(tenantId, id)));
    const playing = scenarios.map((scenario, index): Playing => ({ scenario, shown: views[index] }));
    onProgress(playing);
    const settled = playing.every(
      ({ scenario, shown }) => shown && isAsExpected(scenario, shown.verification),
    );
    if (settled || Date.now() > giveUpAt) return playing;
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
