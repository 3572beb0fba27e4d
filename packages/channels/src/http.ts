import type { Failure, FailureKind } from '@otp-relay/core';
import { Agent, type Dispatcher } from 'undici';

const defaultTimeoutMs = 3_000;
/** No provider answers a send with more than a few kB. */
const maxAnswerBytes = 256 * 1024;
/** Below the idle limits of the load balancers in front of providers: a socket that dies under a request is `uncertain`. */
const keepAliveMs = 15_000;

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole call, queueing and connecting included; 3 s when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer with any status, in full. Header names in lower case. */
export interface HttpAnswer {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** `not_sent`: surely not a byte of the request left. `uncertain`: it may have been carried out. */
export type HttpOutcome =
  | HttpAnswer
  | { readonly kind: 'not_sent'; readonly failure: Failure }
  | { readonly kind: 'uncertain'; readonly failure: Failure };

export interface Http {
  /** Never rejects. Follows no redirect. */
  call(call: HttpCall): Promise<HttpOutcome>;
  close(): Promise<void>;
}

/** One pool of kept-alive connections per origin, without any retry of its own. */
export function openHttp(options: { readonly timeoutMs?: number } = {}): Http {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const agent = new Agent({
    connections: 128,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxResponseSize: maxAnswerBytes,
    // The call's own timer is exact; undici's are a net below it (their resolution is about a second).
    connect: { timeout: timeoutMs + 1_000 },
    headersTimeout: timeoutMs + 1_000,
    bodyTimeout: timeoutMs + 1_000,
  });
  return {
    call: (call) => perform(agent, call, call.timeoutMs ?? timeoutMs),
    // In-flight calls end by their own timers; idle sockets go at once.
    close: () => agent.close(),
  };
}

/** Uses `dispatch`, because only it tells the moment the request is written: what decides between the two failures. */
function perform(agent: Agent, call: HttpCall, timeoutMs: number): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let gaveUp: Error | undefined;
    let status = 0;
    let headers: HttpAnswer['headers'] = {};
    const chunks: Buffer[] = [];

    const settle = (outcome: HttpOutcome): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', abandon);
      resolve(outcome);
    };
    const fail = (error: Error): void =>
      settle({
        kind: controller === undefined ? 'not_sent' : 'uncertain',
        failure: failureOf(error, controller !== undefined),
      });
    const stop = (reason: Error): void => {
      gaveUp = reason;
      fail(reason);
      controller?.abort(reason);
    };
    const abandon = (): void => stop(named('ABORTED'));
    const timer = setTimeout(() => stop(named('TIMEOUT')), timeoutMs);
    if (call.signal?.aborted) return abandon();
    call.signal?.addEventListener('abort', abandon, { once: true });

    const { origin, pathname, search } = new URL(call.url);
    agent.dispatch(
      {
        origin,
        path: pathname + search,
        method: call.method,
        headers: { ...call.headers },
        body: call.body ?? null,
      },
      {
        onRequestStart(started) {
          // Given up while it queued: aborting here is still before the first byte.
          if (gaveUp !== undefined) started.abort(gaveUp);
          else controller = started;
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          settle({ kind: 'answered', status, headers, body: Buffer.concat(chunks).toString('utf8') });
        },
        onResponseError(_controller, error) {
          fail(error);
        },
      },
    );
  });
}

const named = (code: string): Error => Object.assign(new Error(code), { code });

function failureOf(error: Error, written: boolean): Failure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { kind: written ? afterWriting(code) : 'connect_failed', scope: 'platform', code };
}

function afterWriting(code: string): FailureKind {
  if (code === 'TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return 'provider_timeout';
  }
  const unreadable = code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || /^(HPE_|HTTPParserError$)/.test(code);
  return unreadable ? 'unreadable_answer' : 'connection_lost';
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110 §10.2.3); undefined when absent or nonsense. */
export function retryAfterMsOf(answer: HttpAnswer, now: number): number | undefined {
  const value = answer.headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const ms = /^\d{1,6}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
