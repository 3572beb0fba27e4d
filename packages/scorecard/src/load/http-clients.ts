import { setTimeout as delay } from 'node:timers/promises';
import type { VerificationRequestInput } from '@otp-relay/contracts';
import type { World } from '@otp-relay/e2e/world';

/** One answer, or the lack of one (`status` 0), as a client saw it. */
export interface Answer {
  readonly key: string;
  readonly status: number;
  /** When it was asked, ms since 1970, and how long the answer took. */
  readonly at: number;
  readonly ms: number;
  /** Of the verification, when it was accepted. */
  readonly id?: string;
}

const patienceMs = 10_000;

/** Asks once for a verification under an Idempotency-Key. Never throws. */
export async function ask(
  { apiUrl, apiKey }: World,
  key: string,
  request: VerificationRequestInput,
): Promise<Answer> {
  const at = Date.now();
  const startedAt = performance.now();
  const took = (): number => performance.now() - startedAt;
  try {
    const response = await fetch(`${apiUrl}/v1/verifications`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(patienceMs),
    });
    const body = (await response.json()) as { id?: string };
    const accepted = response.status === 200 || response.status === 201;
    return { key, status: response.status, at, ms: took(), ...(accepted && body.id && { id: body.id }) };
  } catch {
    return { key, status: 0, at, ms: took() };
  }
}

/** Calls `each` `rate` times a second, whatever became of the earlier ones, until told to stop; resolves when all ended. */
export function steadily(rate: number, each: () => Promise<unknown>): { stop(): Promise<void> } {
  let stopped = false;
  const underWay = new Set<Promise<unknown>>();
  const startedAt = performance.now();
  let begun = 0;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * rate);
      for (; begun < due; begun += 1) {
        const one = each().finally(() => underWay.delete(one));
        underWay.add(one);
      }
      await delay(5);
    }
  };
  const looping = loop();
  return {
    async stop() {
      stopped = true;
      await looping;
      await Promise.all(underWay);
    },
  };
}
