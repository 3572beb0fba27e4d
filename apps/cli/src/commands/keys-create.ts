import { type ApiKeyScope, apiKeyScopes, defaultScopes, issueApiKey } from '@otp-relay/engine';
import { cliActor } from '../actor-of.ts';
import type { Cli } from '../cli.ts';
import { CliFault } from '../cli-fault.ts';
import { everyTenant } from '../every-tenant.ts';
import { command, type MakeCommand } from '../make-command.ts';
import { parseSpan } from '../terminal/spans.ts';
import { withHouse } from '../with-house.ts';

interface Options {
  readonly tenant: string;
  readonly name: string;
  readonly scopes: string;
  readonly test?: boolean;
  readonly expires?: string;
  readonly json?: boolean;
}

export const keysCreate: MakeCommand = (cli) =>
  command(
    'create',
    'API key: make one and print its secret, once.',
    'otp keys create --tenant acme --name "login service"',
    'otp keys create --tenant acme --scopes read --expires 90d --json',
  )
    .requiredOption('--tenant <id>', 'whose key it is')
    .option('--name <text>', 'what it is for', 'unnamed')
    .option('--scopes <list>', `what it may do: ${apiKeyScopes.join(',')}`, defaultScopes.join(','))
    .option('--test', 'a test key: never reaches a provider')
    .option('--expires <span>', 'stops working after e.g. 12h or 90d; never when left out')
    .option('--json', 'print { id, secret } as JSON')
    .action((options: Options) => create(cli, options));

async function create(cli: Cli, options: Options): Promise<void> {
  const scopes = scopesOf(options.scopes);
  if (options.test && scopes.includes('admin'))
    throw new CliFault('A test key cannot have the scope admin: it could make itself a live one.', {
      fix: 'Leave --test away, or the scope.',
    });
  const expiresAt = options.expires === undefined ? undefined : cli.now() + spanOf(options.expires);
  await withHouse(cli, async ({ store, pepper }, config) => {
    await everyTenant(store, options.tenant);
    const { id, secret } = await issueApiKey(store.by(cliActor()), pepper, {
      tenantId: options.tenant,
      name: options.name,
      scopes,
      mode: options.test ? 'test' : 'live',
      ...(expiresAt !== undefined && { expiresAt }),
    });
    if (options.json) return cli.print(JSON.stringify({ id, secret: secret.reveal() }));
    const life = expiresAt === undefined ? 'never expires' : `expires ${new Date(expiresAt).toISOString()}`;
    cli.note(
      `${id} for ${options.tenant}: ${options.test ? 'test' : 'live'}, ${scopes.join(' + ')}, ${life}\n`,
    );
    cli.print(secret.reveal());
    cli.note(
      [
        '\nThis is shown once and stored nowhere. Give it to the calling service as a secret, say OTP_API_KEY:',
        `  curl -H "Authorization: Bearer $OTP_API_KEY" ${config.OTP_PUBLIC_URL}/v1/verifications`,
      ].join('\n'),
    );
  });
}

function scopesOf(list: string): ApiKeyScope[] {
  const wanted = list.split(',').map((scope) => scope.trim());
  const scopes = apiKeyScopes.filter((scope) => wanted.includes(scope));
  if (scopes.length === new Set(wanted).size) return scopes;
  throw new CliFault('--scopes holds something that is not a scope.', {
    fix: `Use ${apiKeyScopes.join(', ')}, with commas between.`,
  });
}

function spanOf(text: string): number {
  const ms = parseSpan(text);
  if (ms === undefined)
    throw new CliFault('--expires is not a span of time.', {
      fix: 'Use a number and s, m, h or d: 12h, 90d.',
    });
  return ms;
}
