import {
  boolean,
  type Env,
  houseSettings,
  integer,
  loadConfig,
  maskConfig,
  milliseconds,
  networks,
  port,
  refuseMadeUp,
} from '@otp-relay/runtime';
import { z } from 'zod';

/** Whoever trusts everybody believes the left end of X-Forwarded-For, which anybody can write. */
const isNarrow = (network: string): boolean => {
  const [address = '', bits = '128'] = network.split('/');
  return Number(bits) >= (address.includes(':') ? 16 : 8);
};

const proxies = networks().refine((all) => all.every(isNarrow), {
  error: 'must name proxies, not most of the internet: /8 is the widest block of IPv4, /16 of IPv6',
});

const credential = (min: number) => z.string().min(min, `must have at least ${min} characters`);

/** Every environment variable of the API. */
export const apiSettings = z
  .object({
    ...houseSettings,
    HOST: z.string().default('127.0.0.1').meta({
      description: 'Address to listen on; 0.0.0.0 in a container.',
      example: '0.0.0.0',
    }),
    PORT: port().default(3000).meta({ description: 'Port to listen on.', example: '3000' }),
    OTP_TRUSTED_PROXIES: proxies.optional().meta({
      description:
        'Reverse proxies whose X-Forwarded-For is believed, read from its right end. Absent: nobody is.',
      example: '10.0.0.0/8',
    }),
    OTP_MAX_CONNECTIONS: integer({ min: 10, max: 1_000_000 }).default(10_000).meta({
      description: 'Open client connections of this process; more are closed at once.',
      example: '10000',
    }),
    OTP_DRAIN_MS: milliseconds({ min: 0, max: 60_000 }).optional().meta({
      description:
        'How long a stopping API still answers while /readyz says 503, so that load balancers look elsewhere first. Absent: 5 s in production, else none.',
      example: '5s',
    }),
    OTP_METRICS_TOKEN: credential(16).optional().meta({
      secret: true,
      description: 'Bearer token for GET /metrics. Absent: only this machine may read them.',
      example: '<openssl rand -hex 24>',
    }),
    OTP_ADMIN_TOKEN: z
      .string()
      .regex(
        /^[\x21-\x7e]{32,}$/,
        'must have at least 32 characters and no blank, or be sha256: and the hex SHA-256 of such a token',
      )
      .optional()
      .meta({
        secret: true,
        description:
          'Bearer token of the operator, who administers every tenant; or sha256:<hex>, so that the token itself is nowhere on the machine. Absent: only keys with the scope admin do, each its own tenant.',
        example: '<openssl rand -hex 32>',
      }),
    OTP_BOARD_USER: z
      .string()
      .regex(/^[^:]+$/, 'must not contain a colon')
      .default('operator')
      .meta({
        description: 'User name for Bull Board at /board.',
        example: 'operator',
      }),
    OTP_BOARD_PASSWORD: credential(12).optional().meta({
      secret: true,
      description: 'Password for Bull Board. Absent: there is no board.',
      example: '<openssl rand -hex 16>',
    }),
    OTP_BOARD_WRITABLE: boolean().default(false).meta({
      description: 'Whether the board may promote, retry, remove and pause.',
      example: 'false',
    }),
  })
  .superRefine(refuseMadeUp);

export type ApiConfig = z.output<typeof apiSettings>;

/** Reads the environment, the only place that does. Throws `ConfigFault` with all problems at once. */
export const readConfig = (env: Env = process.env): ApiConfig => loadConfig(apiSettings, env);

/** The settings in force with secrets masked, for `--print-config`. */
export const printableSettings = (settings: ApiConfig): Record<string, string> =>
  maskConfig(apiSettings, settings);
