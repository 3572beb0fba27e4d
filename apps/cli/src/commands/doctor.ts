import { createKeyRing, developmentKeys } from '@otp-relay/vault';
import type { Cli } from '../cli.ts';
import { type CliConfig, readConfig } from '../config.ts';
import { checkKeys } from '../doctor/check-keys.ts';
import { checkPostgres } from '../doctor/check-postgres.ts';
import { checkRedis } from '../doctor/check-redis.ts';
import { checkTenants } from '../doctor/check-tenants.ts';
import { checkWebhooks } from '../doctor/check-webhooks.ts';
import type { Finding } from '../doctor/finding.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { postgresOf } from '../postgres-of.ts';
import { findingsSummary, findingText } from '../terminal/findings-text.ts';

export const doctor: MakeCommand = (cli) =>
  command(
    'doctor',
    'Check Postgres, Redis, keys, tenants and webhook addresses; every trouble comes with its fix.',
    'otp doctor',
  ).action(async () => {
    const findings: Finding[] = [];
    const tell = (found: readonly Finding[]): void => {
      for (const finding of found) cli.print(findingText(finding, cli));
      findings.push(...found);
    };
    await examine(cli, readConfig(cli.env), tell);
    cli.print(`\n${findingsSummary(findings, cli)}`);
    if (findings.some(({ state }) => state === 'fail')) cli.exitCode = 2;
  });

async function examine(
  cli: Cli,
  config: CliConfig,
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  tell(checkKeys(config));
  tell(await checkRedis(config));
  const postgres = await postgresOf(config);
  try {
    const { findings, store } = await checkPostgres(postgres);
    tell(findings);
    try {
      const keys = createKeyRing(config.OTP_KEYS ?? developmentKeys(config.OTP_DATA_DIR).OTP_KEYS);
      if (store) tell(await checkTenants(store, keys, cli.now()));
      tell(await checkWebhooks(config, store));
    } finally {
      await store?.close();
    }
  } finally {
    await postgres.stop();
  }
}
