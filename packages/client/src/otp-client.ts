import { randomUUID } from 'node:crypto';
import type {
  CheckApproved,
  EndUser,
  FeedbackRequest,
  TimelineView,
  VerificationCreated,
  VerificationView,
} from '@otp-relay/contracts';
import { type HttpDoor, openHttpDoor } from './http-door.ts';
import { checkOptions, type HttpOptions, type OtpClientOptions } from './options.ts';
import { OtpClientFault } from './otp-client-fault.ts';
import { prepareRequest, type SendRequest } from './prepare-request.ts';
import { openQueueDoor, type QueueDoor } from './queue-door.ts';
import { createSealer, type SealCode } from './seal-code.ts';

/** What `send` answers: over HTTP the verification, through a queue the id of the job. */
export type Sent<O extends OtpClientOptions> = O extends HttpOptions
  ? VerificationCreated
  : { readonly jobId: string };

/**
 * What became of a check. `attemptsRemaining` only where the tenant has it told; `guessing` while somebody guesses at codes
 * of the tenant: ask for more than the code then.
 */
export type CheckOutcome =
  | { readonly approved: true; readonly guessing?: true }
  | { readonly approved: false; readonly attemptsRemaining?: number; readonly guessing?: true };

/**
 * Hands one-time codes to the relay, over HTTP (`{ url, apiKey }`) or BullMQ (`{ redis, tenant }`, `{ postgres, tenant }`).
 * Make one per process and `close` it at the end. Every method throws {@link OtpClientFault} and nothing else.
 */
export class OtpClient<O extends OtpClientOptions = OtpClientOptions> {
  readonly #http: HttpDoor;
  readonly #queue: QueueDoor | undefined;
  readonly #seal: SealCode;
  readonly #options: O;

  constructor(options: O) {
    checkOptions(options);
    this.#options = options;
    this.#http = openHttpDoor({ timeoutMs: options.timeoutMs });
    this.#queue = 'url' in options ? undefined : openQueueDoor(options);
    const jwksUrl = options.jwksUrl ?? ('url' in options ? this.#urlOf('/.well-known/jwks.json') : undefined);
    this.#seal = createSealer({
      jwks: options.jwks,
      audience: options.tenant,
      fetchKeys:
        jwksUrl === undefined
          ? undefined
          : () => this.#http.call({ method: 'GET', url: jwksUrl, repeatable: true }),
    });
  }

  /**
   * Sends one code. The same `idempotencyKey` is the same verification, however often it is sent; one is made up when
   * there is none, so that the client's own retries never send twice. A plain `code` is sealed before it leaves.
   */
  async send(request: SendRequest): Promise<Sent<O>> {
    const options: OtpClientOptions = this.#options;
    const key = request.idempotencyKey ?? randomUUID();
    if ('url' in options) {
      const { idempotencyKey: _, ...body } = await prepareRequest(request, this.#seal);
      return (await this.#call('POST', '/v1/verifications', { body, key })) as Sent<O>;
    }
    const job = await prepareRequest({ ...request, idempotencyKey: key }, this.#seal, options.tenant);
    return (await this.#queue?.add({ ...job, v: 1, tenant: options.tenant, idempotencyKey: key })) as Sent<O>;
  }

  /** A verification as it is now, recipients masked. HTTP only. */
  get(this: OtpClient<HttpOptions>, id: string): Promise<VerificationView> {
    return this.#call('GET', pathOf(id)) as Promise<VerificationView>;
  }

  /** Everything that happened to a verification. HTTP only. */
  timeline(this: OtpClient<HttpOptions>, id: string): Promise<TimelineView> {
    return this.#call('GET', `${pathOf(id)}/timeline`) as Promise<TimelineView>;
  }

  /**
   * Compares what the person typed, as typed, with the code: `{ approved: true }` once, for the right one. A `context`
   * that was asked for has to be repeated. Why a check failed is in the timeline only. HTTP only; it is never repeated by
   * itself: when it throws `OTP_UNAVAILABLE`, `get` says whether the code was approved.
   */
  async check(
    this: OtpClient<HttpOptions>,
    id: string,
    code: string,
    more: { readonly context?: Readonly<Record<string, string>> } = {},
  ): Promise<CheckOutcome> {
    try {
      const body = { code, ...more };
      const answer = await this.#call('POST', `${pathOf(id)}/check`, { body, once: true });
      const { guessing } = answer as CheckApproved;
      return { approved: true, ...(guessing && { guessing }) };
    } catch (fault) {
      if (!(fault instanceof OtpClientFault) || fault.code !== 'OTP_CHECK_FAILED') throw fault;
      const { attemptsRemaining, guessing } = fault;
      return {
        approved: false,
        ...(attemptsRemaining !== undefined && { attemptsRemaining }),
        ...(guessing && { guessing }),
      };
    }
  }

  /**
   * Leaves the current channel now; the next verifications of this person leave it out for a while, unless `remember` is
   * false. With `attempt`, the id of the one to leave, it is tried again by itself: nothing is left twice. HTTP only.
   */
  next(
    this: OtpClient<HttpOptions>,
    id: string,
    options: { readonly remember?: boolean; readonly attempt?: string } = {},
  ): Promise<VerificationView> {
    const repeatable = options.attempt !== undefined;
    return this.#call('POST', `${pathOf(id)}/next`, {
      body: options,
      repeatable,
    }) as Promise<VerificationView>;
  }

  /** Says that the person did, or never did, what the code was for, found out elsewhere. Never an approval. HTTP only. */
  feedback(this: OtpClient<HttpOptions>, id: string, feedback: FeedbackRequest): Promise<VerificationView> {
    return this.#call('POST', `${pathOf(id)}/feedback`, {
      body: feedback,
      repeatable: true,
    }) as Promise<VerificationView>;
  }

  /**
   * The same code once more, asked by this end user. Throws `OTP_LIMIT_…` with `retryAfterMs` when it is too soon.
   * HTTP only.
   */
  resend(
    this: OtpClient<HttpOptions>,
    id: string,
    options: { readonly endUser?: EndUser } = {},
  ): Promise<VerificationView> {
    return this.#call('POST', `${pathOf(id)}/resend`, { body: options }) as Promise<VerificationView>;
  }

  /** Ends the verification; its code works no more. HTTP only. */
  cancel(this: OtpClient<HttpOptions>, id: string): Promise<VerificationView> {
    return this.#call('POST', `${pathOf(id)}/cancel`, { repeatable: true }) as Promise<VerificationView>;
  }

  /** Closes the connections the client opened; what is being sent is finished first. */
  async close(): Promise<void> {
    await Promise.all([this.#http.close(), this.#queue?.close()]);
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    send: { body?: unknown; key?: string; once?: boolean; repeatable?: boolean } = {},
  ): Promise<unknown> {
    const options: OtpClientOptions = this.#options;
    if (!('url' in options))
      throw new OtpClientFault('OTP_CLIENT_HTTP_ONLY', 'This needs a client made with { url, apiKey }.');
    const { body, key, once = false, repeatable = method === 'GET' || key !== undefined } = send;
    const answer = await this.#http.call({
      method,
      url: this.#urlOf(path),
      headers: {
        authorization: `Bearer ${options.apiKey}`,
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body }),
      repeatable,
      once,
    });
    if (typeof answer === 'object' && answer !== null && 'id' in answer) return answer;
    throw new OtpClientFault('OTP_CLIENT_UNREADABLE', 'The relay answered without a verification.');
  }

  #urlOf(path: string): string {
    const options: OtpClientOptions = this.#options;
    return 'url' in options ? `${options.url.replace(/\/+$/, '')}${path}` : path;
  }
}

const pathOf = (id: string): string => `/v1/verifications/${encodeURIComponent(id)}`;
