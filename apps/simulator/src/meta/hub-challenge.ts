import { randomInt } from 'node:crypto';
import type { World } from '../world.ts';
import type { Sender } from './account.ts';

export type ChallengeResult = {
  readonly verified: boolean;
  readonly url: string | null;
  readonly answer: string;
};

const answerWithinMs = 10_000;

/** Meta's check before it sends webhooks to a URL: the challenge must come back as the whole body of a 200. */
export async function challenge(world: World, sender: Sender): Promise<ChallengeResult> {
  const { webhookUrl } = sender;
  if (webhookUrl === null) {
    return { verified: false, url: null, answer: 'no webhook url' };
  }
  const expected = String(randomInt(1e9, 2e9));
  const url = new URL(webhookUrl);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', expected);
  url.searchParams.set('hub.verify_token', sender.verifyToken);
  const answer = await world.courier.get(url.href, answerWithinMs);
  if ('reason' in answer) {
    return { verified: false, url: webhookUrl, answer: answer.reason };
  }
  return {
    verified: answer.status === 200 && answer.body === expected,
    url: webhookUrl,
    answer: `${answer.status} ${answer.body.slice(0, 200)}`,
  };
}
