import type { Store, VerificationView } from '@otp-relay/store';
import { CliFault } from './cli-fault.ts';

const idLength = 'vrf_'.length + 26;

/** The verification with this id, or the only one whose id (or whose attempt's id) begins like this. */
export async function findVerification(store: Store, typed: string): Promise<VerificationView> {
  const prefix = /^(?:vrf|att)_/.test(typed) ? typed : `vrf_${typed}`;
  if (!/^(?:vrf_[0-9a-z]{1,26}|att_[0-9a-z]{26}_\d{1,3}_\d{1,3})$/.test(prefix))
    throw new CliFault('That is not a verification id.', {
      fix: 'It looks like vrf_01jd3x…; otp list shows them.',
    });
  const found = await store.verification.find(prefix);
  const [first] = found;
  if (!first) {
    const whole = prefix.length >= idLength;
    throw new CliFault(whole ? `There is no ${prefix}.` : `No verification begins with ${prefix}.`, {
      fix: 'otp list shows the newest.',
    });
  }
  if (found.length > 1)
    throw new CliFault(`Several verifications begin with ${prefix}.`, {
      fix: `Type more of it: ${found
        .slice(0, 3)
        .map(({ id }) => id)
        .join(', ')}${found.length > 3 ? ', …' : ''}`,
    });
  const view = await store.verification.get(first.tenantId, first.id);
  if (!view) throw new CliFault(`${first.id} is gone.`, { exitCode: 2 });
  return view;
}
