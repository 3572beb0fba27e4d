import type { Redis } from 'ioredis';
import type { JSONWebKeySet } from 'jose';
import { OtpClientFault } from './otp-client-fault.ts';

interface SealOptions {
  /** The relay's public keys, to seal a caller's own code with; fetched and cached when not given. */
  readonly jwks?: JSONWebKeySet;
  /** Where to fetch them. HTTP clients use `<url>/.well-known/jwks.json` unless told otherwise. */
  readonly jwksUrl?: string;
}

/** Over HTTP: answers carry the verification, and it can be read and steered. */
export interface HttpOptions extends SealOptions {
  /** The relay, e.g. `https://otp.example.com`. */
  readonly url: string;
  readonly apiKey: string;
  /** Binds sealed codes to this tenant; the API key decides whose verification it is. */
  readonly tenant?: string;
  /** For one call with all its retries, ms; default 10,000. */
  readonly timeoutMs?: number;
}

interface QueueOptions extends SealOptions {
  readonly tenant: string;
  /** For one job, ms; default 2,000: a queue that is away is reported, not waited for. */
  readonly timeoutMs?: number;
}

/** Through BullMQ on Redis. A connection that is passed in stays open after `close`. */
export interface RedisOptions extends QueueOptions {
  readonly redis: string | Redis;
  /** As the relay's OTP_QUEUE_PREFIX; default `otp_queue`. */
  readonly prefix?: string;
}

/** Through BullMQ on the relay's Postgres. Needs the `pg` package. */
export interface PostgresOptions extends QueueOptions {
  readonly postgres: string;
  /** As the relay's OTP_QUEUE_PREFIX; default `otp_queue`. */
  readonly schema?: string;
}

export type OtpClientOptions = HttpOptions | RedisOptions | PostgresOptions;

/** Refuses options that could never work, naming all of them; values are not quoted, since URLs hold passwords. */
export function checkOptions(options: OtpClientOptions): void {
  const problems = [
    ...('url' in options ? httpProblems(options) : queueProblems(options)),
    ...sealProblems(options),
  ];
  if (problems.length > 0)
    throw new OtpClientFault('OTP_CLIENT_OPTIONS', 'The client was made with wrong options.', { problems });
}

const problem = (path: string, text: string) => ({ path, problem: text });
const isUrl = (text: unknown, schemes: RegExp): boolean =>
  typeof text === 'string' && URL.canParse(text) && schemes.test(text);

function httpProblems({ url, apiKey }: HttpOptions) {
  const problems = [];
  if (!isUrl(url, /^https?:/))
    problems.push(problem('url', 'must be an http(s) URL such as "https://otp.example.com"'));
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey))
    problems.push(problem('apiKey', 'must be the secret that "otp keys create" printed'));
  return problems;
}

function queueProblems(options: RedisOptions | PostgresOptions) {
  const problems = [];
  if ('redis' in options && typeof options.redis === 'string' && !isUrl(options.redis, /^rediss?:/))
    problems.push(problem('redis', 'must be a redis:// or rediss:// URL, or an ioredis connection'));
  if ('postgres' in options && !isUrl(options.postgres, /^postgres(?:ql)?:/))
    problems.push(problem('postgres', 'must be a postgres:// URL'));
  if (!('redis' in options) && !('postgres' in options))
    problems.push(problem('', 'needs url and apiKey, or redis and tenant, or postgres and tenant'));
  if (!options.tenant) problems.push(problem('tenant', 'is required: a job names its tenant'));
  return problems;
}

const sealProblems = ({ jwksUrl }: OtpClientOptions) =>
  jwksUrl === undefined || isUrl(jwksUrl, /^https?:/) ? [] : [problem('jwksUrl', 'must be an http(s) URL')];
