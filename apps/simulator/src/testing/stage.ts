import { createLogger } from '@otp-relay/runtime';
import { readConfig } from '../config.ts';
import type { Message } from '../phone/message.ts';
import { type Simulator, startSimulator } from '../simulator.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const appSecret = 'app-secret';
export const authToken = 'auth-token';
export const accountSid = 'AC00000000000000000000000000000001';

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test may look at whatever came back
  readonly json: any;
};

export type ShownMessage = Omit<Message, 'receipts'> & {
  readonly text: string;
  readonly receipts: {
    status: string;
    errorCode: number | null;
    answers: (number | string)[];
    firstAnswerMs: number | null;
  }[];
};

/** A simulator, a receiver for its webhooks, and short ways to talk to both. */
export type Stage = {
  readonly simulator: Simulator;
  readonly receiver: Receiver;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  readonly sendWhatsApp: (
    to: string,
    over?: Record<string, unknown>,
    signal?: AbortSignal,
  ) => Promise<Answer>;
  readonly sendSms: (to: string, over?: Record<string, string>, signal?: AbortSignal) => Promise<Answer>;
  readonly messages: (query: string) => Promise<ShownMessage[]>;
  /** Resolves when nothing is pending any more: all that could be told has been told. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Receipts come within milliseconds; "late" is 120 ms. */
const quick = {
  sentAfterMs: 5,
  deliveredAfterMs: 20,
  readAfterMs: 40,
  lateAfterMs: 120,
  slowAfterMs: 100,
  metaRetryFirstMs: 10,
  twilioRetryFirstMs: 10,
  templateReviewMs: 5,
  bounceAfterMs: 5,
};

export async function startStage(env: Record<string, string> = {}): Promise<Stage> {
  const receiver = await startReceiver();
  const simulator = await startSimulator(
    readConfig({
      PORT: '0',
      SMTP_PORT: '0',
      META_APP_SECRET: appSecret,
      META_WEBHOOK_URL: `${receiver.url}/meta`,
      ...env,
    }),
    createLogger({ name: 'simulator', level: 'warn', destination: 'stderr' }),
  );
  const call: Stage['call'] = async (method, path, body, headers = {}) => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return read(await fetch(simulator.http + path, { method, ...json, headers: { ...type, ...headers } }));
  };
  await call('PUT', '/_sim/settings', quick);
  return {
    simulator,
    receiver,
    call,
    sendWhatsApp: async (to, over = {}, signal) =>
      read(
        await fetch(`${simulator.http}/v25.0/106540352242922/messages`, {
          method: 'POST',
          headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
          body: JSON.stringify({ ...whatsAppBody(to), ...over }),
          ...(signal ? { signal } : {}),
        }),
      ),
    sendSms: async (to, over = {}, signal) =>
      read(
        await fetch(`${simulator.http}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
          body: new URLSearchParams({
            To: to,
            From: '+15017122661',
            Body: '482913 is your code.',
            StatusCallback: `${receiver.url}/twilio?attempt=att_1`,
            ...over,
          }),
          ...(signal ? { signal } : {}),
        }),
      ),
    messages: async (query) => (await call('GET', `/_sim/messages?${query}`)).json.messages,
    settled: async () => {
      const deadline = Date.now() + 5_000;
      for (;;) {
        const { pending, postsInFlight } = (await call('GET', '/_sim/health')).json;
        if (pending + postsInFlight === 0) {
          return;
        }
        if (Date.now() > deadline) {
          throw new Error(`still ${pending} pending and ${postsInFlight} posts in flight`);
        }
      }
    },
    close: async () => {
      await simulator.close();
      await receiver.close();
    },
  };
}

export function whatsAppBody(to: string, code = '482913'): Record<string, unknown> {
  const parameters = [{ type: 'text', text: code }];
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type: 'template',
    biz_opaque_callback_data: 'att_1',
    template: {
      name: 'verification_code',
      language: { code: 'en_US' },
      components: [
        { type: 'body', parameters },
        { type: 'button', sub_type: 'url', index: '0', parameters },
      ],
    },
  };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}
