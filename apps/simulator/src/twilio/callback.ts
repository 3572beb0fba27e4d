import { randomUUID } from 'node:crypto';
import type { ReceiptStep } from '../behaviour/behaviour.ts';
import { type Answer, unposted } from '../courier.ts';
import type { Message, Receipt } from '../phone/message.ts';
import type { World } from '../world.ts';
import { isRetried, readCallbackUrl } from './connection-overrides.ts';
import { twilioSignature } from './signature.ts';

/** Sends one status callback. Resolves when it was tried for the first time. */
export function callback(world: World, message: Message, step: ReceiptStep): Promise<void> {
  const receipt: Receipt = {
    status: step.status,
    errorCode: step.error ?? null,
    at: Date.now(),
    answers: [],
    firstAnswerMs: null,
  };
  message.receipts.push(receipt);
  const onAnswer = ({ status, afterMs }: Answer) => {
    receipt.firstAnswerMs ??= afterMs;
    receipt.answers.push(status);
    world.messages.changed(message);
  };
  const { callbackUrl = null, authToken = '' } = message.twilio ?? {};
  if (callbackUrl === null || !world.settings.webhooks) {
    onAnswer(unposted(callbackUrl === null ? 'no callback url' : 'withheld'));
    return Promise.resolve();
  }
  return post(world, callbackUrl, authToken, callbackParams(message, step), onAnswer);
}

function post(
  world: World,
  callbackUrl: string,
  authToken: string,
  params: Record<string, string>,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const { url, overrides } = readCallbackUrl(callbackUrl);
  const request = {
    url,
    body: new URLSearchParams(params).toString(),
    timeoutMs: overrides.readTimeoutMs,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'i-twilio-idempotency-token': randomUUID(),
      'x-twilio-signature': twilioSignature(authToken, url, params),
    },
  };
  const giveUpAt = Date.now() + overrides.totalTimeoutMs;
  const attempt = async (tries: number): Promise<void> => {
    const answer = await world.courier.post(request);
    onAnswer(answer);
    const waitMs = world.settings.twilioRetryFirstMs * 2 ** (tries - 1);
    if (tries <= overrides.retries && isRetried(overrides, answer.status) && Date.now() + waitMs < giveUpAt) {
      world.schedule.after(waitMs, () => void attempt(tries + 1));
    }
  };
  return attempt(1);
}

/** The form of one callback, including a parameter nobody was told about: Twilio adds such without notice. */
export function callbackParams(message: Message, step: ReceiptStep): Record<string, string> {
  const prefix = message.channel === 'sms' ? '' : `${message.channel}:`;
  const final = step.status === 'delivered' || step.status === 'undelivered';
  return {
    ApiVersion: '2010-04-01',
    AccountSid: message.account,
    From: message.from,
    To: `${prefix}${message.to}`,
    MessageSid: message.id,
    MessageStatus: step.status,
    SmsSid: message.id,
    SmsStatus: step.status,
    ...(step.error === undefined ? {} : { ErrorCode: String(step.error) }),
    ...(message.channel === 'sms' && final ? { RawDlrDoneDate: dlrDate(new Date()) } : {}),
    ...(message.channel === 'sms' ? {} : channelParams(message, step)),
    AddedWithoutNotice: 'naïve + 1&1=2',
  };
}

function channelParams(message: Message, step: ReceiptStep): Record<string, string> {
  const told = step.status === 'delivered' || step.status === 'read' || step.status === 'undelivered';
  return {
    ChannelInstallSid: `XE${message.id.slice(2)}`,
    ChannelPrefix: message.channel,
    ChannelToAddress: `${message.channel}:${message.to.slice(0, -4)}XXXX`,
    ...(step.error === undefined ? {} : { ChannelStatusMessage: 'Channel could not deliver the message' }),
    ...(told ? { EventType: step.status.toUpperCase() } : {}),
  };
}

/** `YYMMDDhhmm`, in UTC. */
function dlrDate(at: Date): string {
  return at.toISOString().replace(/\D/g, '').slice(2, 12);
}
