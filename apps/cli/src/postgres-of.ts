import { embeddedPostgres } from '@otp-relay/store';
import type { CliConfig } from './config.ts';

/** The Postgres the environment names; in development without DATABASE_URL the embedded one, started when it is not running. */
export async function postgresOf(
  config: CliConfig,
): Promise<{ readonly url: string; readonly embedded: boolean; stop(): Promise<void> }> {
  if (config.DATABASE_URL !== undefined)
    return { url: config.DATABASE_URL, embedded: false, stop: async () => undefined };
  const { url, stop } = await embeddedPostgres({ dataDir: `${config.OTP_DATA_DIR}/postgres` });
  return { url, embedded: true, stop };
}
