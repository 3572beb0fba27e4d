import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '@otp-relay/contracts';
import { Agent, request } from 'undici';
import { OtpClientFault } from './otp-client-fault.ts';

/** One call to the relay. `repeatable`: doing it twice is the same as once, so it may be tried again whatever happened. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly repeatable: boolean;
  /** Doing it again would be something else, even where the relay says that nothing was done. */
  readonly once?: boolean;
}

/** HTTP to the relay with bounded retries. */
export interface HttpDoor {
  /** The parsed JSON body of a 2xx. Throws `OtpClientFault`: the relay's problem, or `OTP_UNAVAILABLE`. */
  call(call: Call): Promise<unknown>;
  close(): Promise<void>;
}

const maxTries = 4;
const firstDelayMs = 200;
const tryTimeoutMs = 5_000;
const maxAnswerBytes = 1_048_576;

type Answer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterMs: number;
    }
  | { readonly kind: 'silent'; readonly cause: unknown };

export function openHttpDoor(options: { readonly timeoutMs?: number | undefined }): HttpDoor {
  const { timeoutMs = 10_000 } = options;
  const agent = new Agent({ connect: { timeout: tryTimeoutMs }, maxResponseSize: maxAnswerBytes });
  let closed = false;

  return {
    async call(call) {
      if (closed) throw new OtpClientFault('OTP_CLIENT_CLOSED', 'The client is closed.');
      const giveUpAt = performance.now() + timeoutMs;
      for (let tries = 1; ; tries += 1) {
        const answer = await once(call, agent, giveUpAt - performance.now());
        if (answer.kind === 'answered' && answer.status < 300) return answer.body;
        const waitMs = waitBefore(tries, answer);
        const again = mayRepeat(call, answer) && tries < maxTries && performance.now() + waitMs < giveUpAt;
        if (!again) throw faultOf(answer, tries, new URL(call.url).origin);
        await delay(waitMs);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      await agent.close();
    },
  };
}

const once = (call: Call, dispatcher: Agent, leftMs: number): Promise<Answer> =>
  exchange(call, dispatcher, leftMs).catch((cause: unknown) => ({ kind: 'silent', cause }));

async function exchange(call: Call, dispatcher: Agent, leftMs: number): Promise<Answer> {
  const { statusCode, headers, body } = await request(call.url, {
    method: call.method,
    headers: {
      accept: 'application/json',
      ...call.headers,
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
    },
    body: call.body === undefined ? null : JSON.stringify(call.body),
    dispatcher,
    signal: AbortSignal.timeout(Math.ceil(Math.max(1, Math.min(leftMs, tryTimeoutMs)))),
  });
  const text = await body.text();
  const retryAfterMs = Number(headers['retry-after'] ?? 0) * 1000 || 0;
  return { kind: 'answered', status: statusCode, body: readJson(text), retryAfterMs };
}

function readJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Doubling, with half of each wait random; never sooner than the relay asks. */
function waitBefore(tries: number, answer: Answer): number {
  const full = firstDelayMs * 2 ** (tries - 1);
  return Math.max(full / 2 + randomInt(full / 2), answer.kind === 'silent' ? 0 : answer.retryAfterMs);
}

/** These say that nothing was done; 502 and 504 come from a proxy that cannot know. */
const notDone = new Set([429, 503]);
const unclear = new Set([502, 504]);

function mayRepeat(call: Call, answer: Answer): boolean {
  if (call.once) return false;
  if (answer.kind === 'silent') return call.repeatable || neverConnected(answer.cause);
  // A limit is for the person to know: whoever waits for it here lets them wait without a word.
  if (isProblem(answer.body) && answer.body.code.startsWith('OTP_LIMIT_')) return false;
  return notDone.has(answer.status) || (unclear.has(answer.status) && call.repeatable);
}

const connectFaults = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const neverConnected = (fault: unknown): boolean =>
  typeof fault === 'object' && fault !== null && 'code' in fault && connectFaults.has(fault.code);

function faultOf(answer: Answer, tries: number, origin: string): OtpClientFault {
  if (answer.kind === 'silent') {
    const times = tries === 1 ? 'once' : `${tries} times`;
    return new OtpClientFault('OTP_UNAVAILABLE', `${origin} did not answer (tried ${times}).`, {
      cause: answer.cause,
    });
  }
  const { status, body, retryAfterMs } = answer;
  if (!isProblem(body))
    return new OtpClientFault(
      'OTP_CLIENT_UNREADABLE',
      `${origin} answered ${status} without a problem document.`,
      { status },
    );
  const { code, title, detail, problems, requestId, attemptsRemaining, guessing } = body;
  return new OtpClientFault(code, `${detail ?? title}.`.replace(/\.\.$/, '.'), {
    status,
    ...(problems && { problems }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs > 0 && { retryAfterMs }),
    ...(attemptsRemaining !== undefined && { attemptsRemaining }),
    ...(guessing && { guessing }),
  });
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' &&
  body !== null &&
  'code' in body &&
  typeof body.code === 'string' &&
  'title' in body;
