import { waitFor } from '@otp-relay/testkit';
import { recipients } from '../load/recipients.ts';
import { seeded } from '../random.ts';
import type { Stage } from '../stage/open-stage.ts';

/** Failed jobs stay where operators see them; the others are gone when they are done. */
export async function addBadJob({ world }: Stage): Promise<void> {
  const [intake] = world.house.producer.queues();
  await intake?.add('otp', { v: 1, tenant: world.tenantId, to: { phone: '+14155550100' }, purpose: 'none' });
  await waitFor('the job to fail', async () => (await world.house.store.rejectedJobs.list(1)).length > 0);
}

export interface Acts {
  readonly ids: readonly string[];
  readonly answers: readonly string[];
  /** Codes the relay made itself, as their recipients got them. */
  readonly made: readonly string[];
}

/** What people and services do with codes, mistakes included. */
export async function act(
  { world }: Stage,
  { seed, people, brought, guessed }: { seed: number; people: number; brought: string; guessed: string },
): Promise<Acts> {
  const { client, simulator } = world;
  const next = recipients(seeded(seed));
  const answers: string[] = [];
  const made: string[] = [];
  const note = (answer: unknown): void => void answers.push(JSON.stringify(answer, faultToo));
  const ids = await Promise.all(
    Array.from({ length: people }, async (_, index) => {
      const request = next();
      const sent = await client.send(index % 2 === 0 ? { ...request, code: brought } : request);
      note(sent);
      const mine = { to: request.to.phone ?? '', limit: 5 };
      const message = await waitFor(
        'a code to arrive',
        async () => (await simulator.messages(mine)).find(({ code }) => code !== null),
        { timeoutMs: 20_000 },
      ).catch(() => undefined);
      if (index % 2 === 1 && message?.code) made.push(message.code);
      note(await client.check(sent.id, guessed));
      if (index % 3 === 0) note(await client.resend(sent.id).catch((fault: unknown) => fault));
      if (index % 4 === 0) note(await client.check(sent.id, message?.code ?? brought));
      note(await client.get(sent.id));
      note(await client.timeline(sent.id));
      return sent.id;
    }),
  );
  answers.push(...(await mistakes(world.apiUrl, world.apiKey, ids[0] ?? '', brought)));
  return { ids, answers, made };
}

/** Codes where they do not belong: in the open, in other fields, in broken bodies, in addresses and headers. */
async function mistakes(
  apiUrl: string,
  apiKey: string,
  id: string,
  code: string,
): Promise<readonly string[]> {
  const to = { phone: '+14155550100' };
  const bodies = [
    JSON.stringify({ to, code }),
    JSON.stringify({ to, purpose: code }),
    JSON.stringify({ to, sealedCode: code }),
    JSON.stringify({ to, locale: code, [code]: code }),
    `{"to":{"phone":"+14155550100"},"code":"${code}"`,
    code,
  ];
  const calls = [
    ...bodies.map((body) => ['/v1/verifications', body] as const),
    [`/v1/verifications/${id}/check`, JSON.stringify({ code: code.repeat(10) })] as const,
    [`/v1/verifications/${id}/check`, JSON.stringify({ code, [code]: 1 })] as const,
    [`/v1/verifications/${code}/check?code=${code}`, JSON.stringify({ code })] as const,
    [`/v1/${code}`, JSON.stringify({ code })] as const,
  ];
  return Promise.all(
    calls.map(async ([path, body]) => {
      const headers = {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'x-code': code,
      };
      const answer = await fetch(`${apiUrl}${path}`, { method: 'POST', headers, body });
      return answer.text();
    }),
  );
}

const faultToo = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { ...value, message: value.message } : value;
