import { randomUUID } from 'node:crypto';
import { attemptIdOf, type VerificationEvent } from '@otp-relay/core';
import type { Random } from '../random.ts';
import { publicUrl, secrets, tenantId } from '../simulation/installation.ts';
import { metaWebhook } from '../wire/meta-webhook.ts';
import { twilioWebhook } from '../wire/twilio-webhook.ts';
import type { Report, WebhookCall } from '../wire/webhook-call.ts';
import type { Houses } from './open-houses.ts';
import { anyOrder, type Happening, type Tale, type TaleReport } from './tale.ts';

/** What came of one order of a tale. */
export interface Trace {
  readonly id: string;
  /** For people. */
  readonly order: string;
  readonly webhooks: number;
}

const reportedAt = 1_900_000_000;

/** Lives through a tale once, its receipts in an order of `random`'s, one after another or several at a time. */
export async function playTrace(tale: Tale, phone: string, random: Random, houses: Houses): Promise<Trace> {
  const { corridor, engines } = houses;
  const to = { phone, email: 'ana@example.com' };
  const accepted = await engines[0].accept({ to, purpose: 'auth' }, { tenantId, source: 'http' });
  if (accepted.kind === 'refused') throw new Error(`refused: ${accepted.code}`);
  const { id } = accepted;
  const attemptId = (attempt: number): string => attemptIdOf(id, attempt, 1);
  const claims = [randomUUID(), randomUUID()] as const;
  const last = tale.second ? 1 : 0;
  const apply = async (event: VerificationEvent): Promise<void> => {
    if (!(await corridor.apply({ id, event }))) throw new Error(`${id} is not there`);
  };

  await apply({ type: 'started', attemptId: attemptId(0), claim: claims[0] });
  if (tale.second) {
    await apply({ type: 'accepted', attemptId: attemptId(0), claim: claims[0], providerRef: refOf(id, 0) });
    await apply({ type: 'next', by: 'user' });
    await apply({ type: 'started', attemptId: attemptId(1), claim: claims[1] });
  }
  const answer = (): Promise<void> => {
    const base = { attemptId: attemptId(last), claim: claims[last] };
    return apply(
      tale.answer === 'accepted'
        ? { type: 'accepted', ...base, providerRef: refOf(id, last) }
        : { type: 'uncertain', ...base, failure: { kind: 'provider_timeout', scope: 'request' } },
    );
  };

  let webhooks = 0;
  const arrive = async (order: readonly Happening[]): Promise<void> => {
    for (let rest = order; rest.length > 0; ) {
      // Often one at a time, sometimes at the same instant, at two processes.
      const together = rest.slice(0, random() < 0.6 ? 1 : random.int(2, 5));
      rest = rest.slice(together.length);
      const calls = grouped(together, random).map((one) => {
        if (one === 'answer') return answer();
        webhooks += 1;
        return post(one, id, random.pick(engines));
      });
      await Promise.all(calls);
    }
  };
  const [alive, after] = [anyOrder(tale.whileAlive, random), anyOrder(tale.afterwards, random)];
  await arrive(alive);
  if (tale.end === 'approved') await apply({ type: 'approved' });
  if (tale.end === 'canceled') await apply({ type: 'canceled', by: 'service' });
  await arrive(after);
  return { id, order: `${told(alive)} | ${tale.end} | ${told(after)}`, webhooks };
}

type Post = 'answer' | readonly TaleReport[];

/** Meta may put several reports into one webhook; Twilio never does. */
function grouped(together: readonly Happening[], random: Random): readonly Post[] {
  const posts: Post[] = [];
  for (const one of together) {
    const before = posts.at(-1);
    const joins = one !== 'answer' && one.attempt === 0 && random() < 0.5;
    if (joins && before && before !== 'answer' && before[0]?.attempt === 0)
      posts[posts.length - 1] = [...before, one];
    else posts.push(one === 'answer' ? one : [one]);
  }
  return posts;
}

async function post(
  reports: readonly TaleReport[],
  id: string,
  engine: Houses['engines'][number],
): Promise<void> {
  const [first] = reports;
  if (!first) return;
  const [provider, accountId] =
    first.attempt === 0 ? (['meta-whatsapp', 'wa'] as const) : (['twilio-sms', 'sms'] as const);
  const url = `${publicUrl}/webhooks/${provider}/${tenantId}/${accountId}`;
  const written = reports.map(
    (one): Report => ({
      attemptId: attemptIdOf(id, one.attempt, 1),
      status: one.status,
      ref: refOf(id, one.attempt),
      code: one.code,
      at: reportedAt,
    }),
  );
  const call: WebhookCall =
    first.attempt === 0 ? metaWebhook(secrets, written) : twilioWebhook(secrets, url, written[0] as Report);
  const answer = await engine.webhook(
    { provider, tenantId, accountId },
    {
      method: 'POST',
      url: url + call.query,
      headers: call.headers,
      query: Object.fromEntries(new URLSearchParams(call.query)),
      rawBody: call.body,
    },
  );
  if (answer.kind !== 'taken' || answer.receipts !== reports.length)
    throw new Error(`an authentic webhook was answered ${JSON.stringify(answer)}`);
}

/** The provider's id of an attempt's message, the same whoever reports. */
const refOf = (id: string, attempt: number): string =>
  attempt === 0 ? `wamid.${id}` : `SM${Buffer.from(id.slice(-16)).toString('hex')}`;

const told = (order: readonly Happening[]): string =>
  order.map((one) => (one === 'answer' ? one : `${one.attempt} ${one.status}`)).join(', ');
