import { request } from 'undici';
import type { Stage } from '../stage/open-stage.ts';

/** What somebody got who asked again and again, for another person each time. */
export interface Budget {
  readonly accepted: number;
  /** Answers that neither accepted nor told to wait. */
  readonly broken: number;
}

const atOnce = 20;

/** Asks for codes at every process in turn, always from the same end user's address, with headers of the caller's own. */
export async function budgetOf(
  { world }: Pick<Stage, 'world'>,
  options: {
    readonly urls: readonly string[];
    readonly endUserIp: string;
    readonly requests: number;
    readonly headers: () => Readonly<Record<string, string>>;
  },
): Promise<Budget> {
  const { urls, endUserIp: ip, requests, headers } = options;
  const { apiKey } = await world.addTenant({ more: { limits: { recipient: null, tenant: null } } });
  let accepted = 0;
  let broken = 0;
  const ask = async (index: number, triesLeft = 20): Promise<void> => {
    const answer = await request(`${urls[index % urls.length]}/v1/verifications`, {
      method: 'POST',
      headers: { ...headers(), authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: { email: `person-${index}@example.com` }, endUser: { ip } }),
    });
    await answer.body.dump();
    if (answer.statusCode === 503 && triesLeft > 0) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return ask(index, triesLeft - 1);
    }
    if (answer.statusCode === 201) accepted += 1;
    else if (answer.statusCode !== 429) broken += 1;
  };
  for (let from = 0; from < requests; from += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, requests - from) }, (_, index) => ask(from + index)),
    );
  return { accepted, broken };
}
