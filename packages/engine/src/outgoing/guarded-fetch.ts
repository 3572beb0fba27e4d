import { Agent, type Dispatcher } from 'undici';
import { createAddressGuard } from './address-guard.ts';
import { guardedConnect } from './guarded-connect.ts';
import { createResolver, type ResolveHost } from './host-resolver.ts';
import { readOutgoingUrl, type UrlRefusal } from './outgoing-url.ts';

/** Why a call did not come to an answer. */
export type FetchFailure =
  | 'unresolved'
  | 'connect_failed'
  | 'tls_failed'
  | 'timed_out'
  | 'connection_lost'
  | 'unreadable_answer';

/**
 * What became of a call. `refused`: it is not allowed, nothing was sent. `failed`: nobody answered; with `sent` the request
 * may have arrived. A redirect is an answer like any other, and is not followed.
 */
export type FetchOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: string;
      /** The answer was longer than the limit; `body` is its beginning. */
      readonly cut: boolean;
    }
  | { readonly kind: 'refused'; readonly reason: UrlRefusal | 'address_refused' | 'plain_http_refused' }
  | { readonly kind: 'failed'; readonly reason: FetchFailure; readonly sent: boolean };

export interface GuardedPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole call, the name's resolution included; the fetcher's own when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Calls URLs that tenants gave, without ever being led into the house's own network. */
export interface GuardedFetch {
  /** Never rejects. */
  post(call: GuardedPost): Promise<FetchOutcome>;
  close(): Promise<void>;
}

export interface GuardedFetchOptions {
  /** Networks that may be called although they are private, as CIDRs; plain HTTP is allowed there, and nowhere else. */
  readonly allowedNetworks?: readonly string[];
  /** For the whole call; 10 s when absent. */
  readonly timeoutMs?: number;
  /** What is read of an answer; 64 kB when absent. */
  readonly maxAnswerBytes?: number;
  readonly resolve?: ResolveHost;
}

const keepAliveMs = 15_000;
const connectionsPerOrigin = 16;

/** Opens a fetcher with kept-alive connections; one per process. */
export function createGuardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  const { timeoutMs = 10_000, maxAnswerBytes = 64 * 1024 } = options;
  const resolver = createResolver();
  const agent = new Agent({
    connections: connectionsPerOrigin,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    // The call's own timer is exact; undici's are a net below it.
    headersTimeout: timeoutMs + 1_000,
    bodyTimeout: timeoutMs + 1_000,
    connect: guardedConnect({
      reachOf: createAddressGuard(options.allowedNetworks),
      resolve: options.resolve ?? resolver.resolve,
      timeoutMs: Math.min(timeoutMs, 5_000),
    }),
  });
  return {
    async post(call) {
      const read = readOutgoingUrl(call.url);
      if (!read.ok) return { kind: 'refused', reason: read.reason };
      return perform(agent, read.url, call, { timeoutMs: call.timeoutMs ?? timeoutMs, maxAnswerBytes });
    },
    // Calls in hand have their deadlines; who closes does not wait for them.
    async close() {
      resolver.close();
      await agent.destroy();
    },
  };
}

interface Limits {
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** Uses `dispatch`: it follows nothing, unpacks nothing, and tells when the request is written. */
function perform(agent: Agent, url: URL, call: GuardedPost, limits: Limits): Promise<FetchOutcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let answer: { status: number; headers: Record<string, string | string[] | undefined> } | undefined;
    let givenUp: Error | undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;

    const settle = (outcome: FetchOutcome): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', stop);
      resolve(outcome);
    };
    const finish = (cut: boolean): void => {
      const body = Buffer.concat(chunks).subarray(0, limits.maxAnswerBytes).toString('utf8');
      settle({ kind: 'answered', ...(answer ?? { status: 0, headers: {} }), body, cut });
    };
    const stop = (): void => {
      givenUp = Object.assign(new Error('TIMEOUT'), { code: 'TIMEOUT' });
      settle(outcomeOf(givenUp, controller !== undefined));
      controller?.abort(givenUp);
    };
    const timer = setTimeout(stop, limits.timeoutMs);
    if (call.signal?.aborted) return stop();
    call.signal?.addEventListener('abort', stop, { once: true });

    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers: { ...call.headers },
        body: call.body,
      },
      {
        onRequestStart(started) {
          // Given up while it queued: aborting here is still before the first byte.
          if (givenUp) started.abort(givenUp);
          else controller = started;
        },
        onResponseStart(_controller, status, headers) {
          // 103 and the like come before the answer.
          if (status >= 200) answer = { status, headers };
        },
        onResponseData(current, chunk) {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes <= limits.maxAnswerBytes) return;
          finish(true);
          current.abort(new Error('the answer is too long'));
        },
        onResponseEnd: () => finish(false),
        onResponseError: (_controller, error) => settle(outcomeOf(error, controller !== undefined)),
      },
    );
  });
}

function outcomeOf(error: Error, sent: boolean): FetchOutcome {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (code === 'ADDRESS_REFUSED') return { kind: 'refused', reason: 'address_refused' };
  if (code === 'PLAIN_HTTP_REFUSED') return { kind: 'refused', reason: 'plain_http_refused' };
  return { kind: 'failed', reason: failureOf(code, sent), sent };
}

const tlsCode = /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH)/;

function failureOf(code: string, sent: boolean): FetchFailure {
  if (code === 'UNRESOLVED') return 'unresolved';
  if (code === 'TIMEOUT' || /^UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT$/.test(code)) return 'timed_out';
  if (tlsCode.test(code)) return 'tls_failed';
  if (!sent) return 'connect_failed';
  return /^(?:HPE_|HTTPParserError$)/.test(code) ? 'unreadable_answer' : 'connection_lost';
}
