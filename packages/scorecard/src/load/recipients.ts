import type { VerificationRequestInput } from '@otp-relay/contracts';
import type { Random } from '../random.ts';

/** Shares of what the phones do, as `MMTT` of `+1AAA555MMTT` (`/_sim/behaviours.md`), in percent; the rest just delivers. */
const shares: readonly (readonly [behaviour: string, percent: number])[] = [
  ['0100', 5], // not on WhatsApp, told by a receipt
  ['0200', 5], // WhatsApp is silent
  ['0201', 1], // … and the phone is off: on to email
  ['0300', 2], // read without delivered
  ['0400', 3], // receipts doubled and out of order
  ['0700', 3], // receipts before the answer
  ['0800', 3], // the answer is lost, the message is not
  ['0900', 2], // the answer is lost, and so is the message
  ['1100', 2], // unavailable twice
  ['1200', 2], // throttled once
  ['3200', 1], // refused at once
];

const purposes = ['sign_up', 'auth', 'password_reset'] as const;

/** People nobody has written to yet, with phones that do what phones do. */
export function recipients(random: Random): () => VerificationRequestInput {
  const used = new Map<string, number>();
  const next = (key: string): number => {
    const index = used.get(key) ?? 0;
    used.set(key, index + 1);
    return index;
  };
  return () => {
    const behaviour = behaviourOf(random() * 100);
    const index = next(behaviour ?? 'plain');
    const phone =
      behaviour === undefined
        ? `+1${212 + Math.floor(index / 3_000_000)}${2_000_000 + (index % 3_000_000)}`
        : `+1${200 + (Math.floor(index / purposes.length) % 800)}555${behaviour}`;
    const purpose = purposes[index % purposes.length] ?? 'auth';
    return { to: { phone, email: `p${next('mail')}@example.com` }, purpose };
  };
}

function behaviourOf(percent: number): string | undefined {
  let below = 0;
  for (const [behaviour, share] of shares) {
    below += share;
    if (percent < below) return behaviour;
  }
  return undefined;
}
