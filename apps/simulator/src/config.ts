import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const Environment = z.object({
  PORT: port.default(4010),
  SMTP_PORT: port.default(4025),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** How many messages and how many calls are remembered. */
  KEEP: z.coerce.number().int().min(1).max(5_000_000).default(50_000),
  META_WEBHOOK_URL: z.url().optional(),
  META_APP_SECRET: z.string().min(1).default('simulator-app-secret'),
  META_VERIFY_TOKEN: z.string().min(1).default('simulator-verify-token'),
  TWILIO_AUTH_TOKEN: z.string().min(1).default('simulator-auth-token'),
  /** Off by default: the certificate is self-signed, and most clients upgrade whenever it is offered. */
  SMTP_STARTTLS: z.stringbool().default(false),
});

export type Config = {
  readonly port: number;
  readonly smtpPort: number;
  readonly host: string;
  readonly keep: number;
  readonly metaWebhookUrl: string | null;
  readonly metaAppSecret: string;
  readonly metaVerifyToken: string;
  readonly twilioAuthToken: string;
  readonly smtpStartTls: boolean;
};

/** Reads the configuration; throws one error naming every wrong variable. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    throw new Error(`Wrong environment:\n${z.prettifyError(parsed.error)}`);
  }
  const { data } = parsed;
  return Object.freeze({
    port: data.PORT,
    smtpPort: data.SMTP_PORT,
    host: data.HOST,
    keep: data.KEEP,
    metaWebhookUrl: data.META_WEBHOOK_URL ?? null,
    metaAppSecret: data.META_APP_SECRET,
    metaVerifyToken: data.META_VERIFY_TOKEN,
    twilioAuthToken: data.TWILIO_AUTH_TOKEN,
    smtpStartTls: data.SMTP_STARTTLS,
  });
}
