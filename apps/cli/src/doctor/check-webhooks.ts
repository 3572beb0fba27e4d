import type { Store } from '@otp-relay/store';
import type { CliConfig } from '../config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const timeoutMs = 3_000;
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether providers can reach us, and the URL each account's webhook has. */
export async function checkWebhooks(config: CliConfig, store: Store | undefined): Promise<Finding[]> {
  const base = config.OTP_PUBLIC_URL;
  const findings = [addressFinding(base, config.NODE_ENV === 'production'), await answerFinding(base)];
  if (!store) return findings;
  for (const { id: tenant } of await store.tenants.list())
    for (const { id, provider } of await store.accounts.list(tenant))
      findings.push(ok('webhooks', `${base}/webhooks/${provider}/${tenant}/${id}`));
  return findings;
}

function addressFinding(base: string, production: boolean): Finding {
  const { hostname, protocol } = new URL(base);
  const fix = 'Set OTP_PUBLIC_URL to the https address by which the internet reaches the API.';
  if (loopback.test(hostname))
    return (production ? fail : warn)(
      'webhooks',
      `${base} is this machine: only the simulator can deliver a receipt to it`,
      fix,
    );
  if (protocol !== 'https:')
    return warn('webhooks', `${base} is not https: Meta delivers to https only`, fix);
  return ok('webhooks', `providers are told ${base}`);
}

async function answerFinding(base: string): Promise<Finding> {
  const fix = 'Start the API, or check the proxy in front of it; it must answer GET /healthz.';
  try {
    const { status } = await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
    return status === 200
      ? ok('api', `${base} answers`)
      : warn('api', `${base}/healthz answered ${status}`, fix);
  } catch {
    return warn('api', `${base} does not answer from here`, fix);
  }
}
