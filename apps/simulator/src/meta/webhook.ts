import { type Answer, unposted } from '../courier.ts';
import type { World } from '../world.ts';
import type { Sender } from './account.ts';
import { hubSignature } from './signature.ts';
import { wireJson } from './wire-json.ts';

/** Meta demands an answer within seconds and treats everything but 200 as a failure. */
const answerWithinMs = 10_000;
const longestWaitMs = 24 * 3_600_000;

/** One signed POST, repeated ever more slowly until it is answered 200. Resolves after the first try. */
export function postWebhook(
  world: World,
  sender: Sender,
  payload: unknown,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const { webhookUrl } = sender;
  if (webhookUrl === null || !world.settings.webhooks) {
    onAnswer(unposted(webhookUrl === null ? 'no webhook url' : 'withheld'));
    return Promise.resolve();
  }
  const body = wireJson(payload);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'facebookexternalua',
    'x-hub-signature-256': hubSignature(sender.appSecret, body),
  };
  const attempt = async (tries: number): Promise<void> => {
    const answer = await world.courier.post({ url: webhookUrl, headers, body, timeoutMs: answerWithinMs });
    onAnswer(answer);
    if (answer.status !== 200 && tries < world.settings.metaRetryMaxTries) {
      const waitMs = Math.min(world.settings.metaRetryFirstMs * 2 ** (tries - 1), longestWaitMs);
      world.schedule.after(waitMs, () => void attempt(tries + 1));
    }
  };
  return attempt(1);
}
