import type { Ports } from '../ports.ts';
import type { Ask } from '../screen.ts';
import type { Claim } from './claim.ts';
import { takesOf } from './takes-of.ts';

/** Spends of the tenant's allowance, and names what else a request takes. */
export async function claimFor(
  { tenant, request, recipient, mode }: Ask,
  { limits, pepper }: Pick<Ports, 'limits' | 'pepper'>,
): Promise<Claim> {
  const { limits: configured } = tenant.config;
  const { phone, email, masked } = recipient;
  const about = {
    tenantId: tenant.id,
    mode,
    purpose: request.purpose,
    phone,
    email,
    endUser: request.endUser,
    masked,
  };
  const takes = takesOf(about, configured, pepper);
  const allowance = await limits.allowance.spend({ tenantId: tenant.id, mode, limits: configured.tenant });
  return { allowance, takes };
}
