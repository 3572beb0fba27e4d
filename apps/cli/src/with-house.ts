import { type House, openHouse } from '@otp-relay/engine';
import { createLogger } from '@otp-relay/runtime';
import type { Cli } from './cli.ts';
import { type CliConfig, readConfig } from './config.ts';

/** Opens the installation the environment names, hands it over, and closes it however `use` ends. */
export async function withHouse<T>(
  cli: Cli,
  use: (house: House, config: CliConfig) => Promise<T>,
): Promise<T> {
  const config = readConfig(cli.env);
  // Commands answer with their own words; the log would only repeat what they say better.
  const log = createLogger({ name: 'otp', level: 'silent', destination: 'stderr' });
  const house = await openHouse(config, { name: 'otp-cli', log });
  try {
    return await use(house, config);
  } finally {
    await house.close();
  }
}
