import { z } from 'zod';
import { logLevels } from './create-logger.ts';
import { integer, keyRing, networks, secretKey, url } from './fields.ts';

/** The environment that every process of one installation shares: same names, same meaning. */
export const houseSettings = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development').meta({
    description: 'In production nothing is made up: database and keys must be given.',
    example: 'production',
  }),
  DATABASE_URL: url('postgres', 'postgresql').optional().meta({
    secret: true,
    description: 'Postgres. Absent outside production: an embedded server under OTP_DATA_DIR.',
    example: 'postgres://otp:secret@db:5432/otp',
  }),
  REDIS_URL: url('redis', 'rediss').optional().meta({
    secret: true,
    description:
      'Redis for BullMQ (appendonly yes, noeviction, hz 100). Absent: the queues live in Postgres.',
    example: 'redis://redis:6379',
  }),
  OTP_QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,30}$/, 'must be 1–31 of a–z, 0–9 and _, starting with a letter')
    .default('otp_queue')
    .meta({ description: 'Redis key prefix, or Postgres schema, of the queues.', example: 'otp_queue' }),
  OTP_KEYS: keyRing().optional().meta({
    secret: true,
    description:
      'Versioned keys that seal codes, addresses and credentials; the highest version that is not marked :standby seals. Absent outside production: made up once under OTP_DATA_DIR.',
  }),
  OTP_PEPPER: secretKey().optional().meta({
    secret: true,
    description:
      'Key of the hashes that codes, API keys and addresses are compared by. Changing it ends every API key.',
  }),
  OTP_PUBLIC_URL: url('http', 'https').default('http://127.0.0.1:3000').meta({
    description: 'Where providers reach the webhooks, from outside.',
    example: 'https://otp.example.com',
  }),
  OTP_DATA_DIR: z.string().default('.data').meta({
    description: 'Development only: embedded Postgres and made-up keys.',
    example: '.data',
  }),
  OTP_DB_CONNECTIONS: integer({ min: 2, max: 200 }).default(10).meta({
    description: 'Postgres connections of this process.',
    example: '10',
  }),
  OTP_MAX_WAITING: integer({ min: 1, max: 1_000_000 }).default(20_000).meta({
    description:
      'High-water mark: with this many messages waiting to be sent, requests over HTTP get 503 with Retry-After and jobs stay in the public queue. About what all workers send in the shortest step timeout.',
    example: '20000',
  }),
  OTP_OUTGOING_NETWORKS: networks().optional().meta({
    description:
      "Private networks that tenants' URLs (webhooks, decisions) may lead to, also by plain HTTP. Absent: only the internet, by HTTPS.",
    example: '10.0.0.0/8',
  }),
  LOG_LEVEL: z
    .enum(logLevels)
    .default('info')
    .meta({ description: 'Least severe level written.', example: 'info' }),
} as const;

/** What production must not run without; one problem per variable. For `superRefine` of an app's schema. */
export function refuseMadeUp(
  config: {
    NODE_ENV: string;
    DATABASE_URL?: string | undefined;
    OTP_KEYS?: string | undefined;
    OTP_PEPPER?: string | undefined;
  },
  ctx: z.RefinementCtx,
): void {
  if (config.NODE_ENV !== 'production') return;
  for (const name of ['DATABASE_URL', 'OTP_KEYS', 'OTP_PEPPER'] as const)
    if (config[name] === undefined)
      ctx.addIssue({ code: 'custom', path: [name], message: 'is not set, and production makes nothing up' });
}
