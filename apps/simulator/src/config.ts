import { boolean, type Env, integer, loadConfig, logLevels, port, url } from '@otp-relay/runtime';
import { z } from 'zod';

/** The simulator's environment; everything has a default. */
export const simulatorSettings = z.object({
  PORT: port().default(4010).meta({
    description: 'HTTP: Meta, Twilio, the control API and the inbox page. 0 = any free port.',
    example: '4010',
  }),
  SMTP_PORT: port().default(4025).meta({ description: 'SMTP. 0 = any free port.', example: '4025' }),
  HOST: z.string().default('127.0.0.1').meta({
    description: 'Address of both; 0.0.0.0 in a container.',
    example: '0.0.0.0',
  }),
  LOG_LEVEL: z
    .enum(logLevels)
    .default('info')
    .meta({ description: 'Least severe level written, to stderr.', example: 'info' }),
  KEEP: integer({ min: 1, max: 5_000_000 }).default(50_000).meta({
    description: 'How many messages, and how many calls, are remembered.',
    example: '50000',
  }),
  META_WEBHOOK_URL: url('http', 'https').optional().meta({
    description: 'Where statuses of WhatsApp numbers without a URL of their own go.',
    example: 'http://127.0.0.1:3000/webhooks/meta-whatsapp/acme/acme-wa',
  }),
  META_APP_SECRET: z.string().default('simulator-app-secret').meta({
    description: 'Signs those statuses.',
    example: 'simulator-app-secret',
  }),
  META_VERIFY_TOKEN: z.string().default('simulator-verify-token').meta({
    description: 'Sent with the hub challenge.',
    example: 'simulator-verify-token',
  }),
  TWILIO_AUTH_TOKEN: z.string().default('simulator-auth-token').meta({
    description: 'Signs callbacks of unknown accounts that came with an API key.',
    example: 'simulator-auth-token',
  }),
  SMTP_STARTTLS: boolean().default(false).meta({
    description:
      'Offer STARTTLS. The certificate is self-signed, and most clients upgrade when it is offered.',
    example: 'true',
  }),
});

export type Config = z.infer<typeof simulatorSettings>;

/** Throws a ConfigFault that names every wrong variable at once. */
export const readConfig = (env: Env = process.env): Config => loadConfig(simulatorSettings, env);
