import { houseSettings, integer, loadConfig, milliseconds, port, refuseMadeUp } from '@otp-relay/runtime';
import { z } from 'zod';

const concurrency = (channel: string, most: number) =>
  integer({ min: 1, max: 2_000 })
    .default(most)
    .meta({
      description: `Calls to ${channel} providers this process has under way for its queue at most; as many again for what it accepts itself while nobody waits, and for \`otp-send-first\` (as many as the largest of these) while there is a line.`,
      example: String(most),
    });

/** The worker's environment. */
export const workerSettings = z
  .object({
    ...houseSettings,
    OTP_INTAKE_CONCURRENCY: integer({ min: 1, max: 2_000 }).default(400).meta({
      description: 'Jobs of queue `otp` this process accepts at the same time.',
      example: '400',
    }),
    OTP_WHATSAPP_CONCURRENCY: concurrency('WhatsApp', 400),
    OTP_SMS_CONCURRENCY: concurrency('SMS', 50),
    OTP_EMAIL_CONCURRENCY: concurrency('email', 20),
    OTP_OPS_PORT: port().optional().meta({
      description: 'Port for /healthz, /readyz and /metrics of this worker. Absent: none is opened.',
      example: '9464',
    }),
    OTP_OPS_HOST: z.string().default('127.0.0.1').meta({
      description: 'Address for OTP_OPS_PORT; 0.0.0.0 in a container.',
      example: '0.0.0.0',
    }),
    OTP_GRACE_MS: milliseconds({ min: 0, max: 120_000 }).default(10_000).meta({
      description: 'How long SIGTERM waits for calls under way.',
      example: '10s',
    }),
  })
  .superRefine(refuseMadeUp);

export type WorkerConfig = z.infer<typeof workerSettings>;

/** Calls under way at most, per channel this worker serves. */
export const concurrencyOf = (config: WorkerConfig) => ({
  whatsapp: config.OTP_WHATSAPP_CONCURRENCY,
  sms: config.OTP_SMS_CONCURRENCY,
  email: config.OTP_EMAIL_CONCURRENCY,
});

export const readConfig = (): WorkerConfig => loadConfig(workerSettings, process.env);
