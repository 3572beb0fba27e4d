import { type Env, houseSettings, loadConfig, refuseMadeUp, url } from '@otp-relay/runtime';
import { z } from 'zod';

/** The command line's environment: the same names as the API and the worker, so that it looks at the same installation. */
export const cliSettings = z
  .object({
    ...houseSettings,
    OTP_URL: url('http', 'https').optional().meta({
      description: 'The relay that `otp send` calls; OTP_PUBLIC_URL when absent.',
      example: 'https://otp.example.com',
    }),
    OTP_API_KEY: z.string().optional().meta({
      secret: true,
      description: 'API key for `otp send` over HTTP.',
      example: 'otp_live_…',
    }),
  })
  .superRefine(refuseMadeUp);

export type CliConfig = z.output<typeof cliSettings>;

/** Parses a set of variables. Throws `ConfigFault` with all problems at once. */
export const readConfig = (env: Env): CliConfig => loadConfig(cliSettings, env);

/** The process's environment, read here and nowhere else. */
export const environment = (): Env => process.env;
