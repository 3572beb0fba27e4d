import type { VerificationRequest } from '@otp-relay/contracts';
import type { Ports } from '../ports.ts';
import type { Recipient } from '../recipient.ts';
import type { Tenant } from '../tenants.ts';
import type { Claim } from './claim.ts';
import { takesOf } from './takes-of.ts';

/** A request, as far as limits look at it. */
interface Claimant {
  readonly tenant: Pick<Tenant, 'id' | 'config'>;
  readonly request: Pick<VerificationRequest, 'purpose' | 'endUser'>;
  readonly recipient: Pick<Recipient, 'phone' | 'email' | 'masked'>;
  readonly mode: 'live' | 'test';
}

/** Spends of the tenant's allowance, and names what else a request takes. */
export async function claimFor(
  { tenant, request, recipient, mode }: Claimant,
  { limits, pepper }: Pick<Ports, 'limits' | 'pepper'>,
): Promise<Claim> {
  const { limits: configured } = tenant.config;
  const { purpose, endUser } = request;
  const { phone, email, masked } = recipient;
  const about = { tenantId: tenant.id, mode, purpose, phone, email, endUser, masked };
  const takes = takesOf(about, configured, pepper);
  const allowance = await limits.allowance.spend({ tenantId: tenant.id, mode, limits: configured.tenant });
  return { allowance, takes };
}
