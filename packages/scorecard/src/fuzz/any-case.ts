import { gzipSync } from 'node:zlib';
import type { Random } from '../random.ts';
import type { Report } from '../wire/webhook-call.ts';
import { fuzzBounce } from './fuzz-bounce.ts';
import type { FuzzCase, Target } from './fuzz-case.ts';
import { fuzzMeta } from './fuzz-meta.ts';
import { fuzzTwilio } from './fuzz-twilio.ts';
import { oddText } from './odd-values.ts';

const providers = [fuzzMeta, fuzzMeta, fuzzTwilio, fuzzTwilio, fuzzBounce] as const;
const statuses = ['sent', 'delivered', 'read', 'failed'] as const;
const codes = ['131026', '30005', '5.1.1', '99999', '0', '-1'] as const;

/** One in this many is not bent but monstrous. */
const monstersPer = 2_000;

/** Any call to any webhook, half of them correctly signed for what they say, the others forged. */
export function anyCase(target: Target, random: Random): FuzzCase {
  const forged = random() < 0.5;
  const attempts = forged ? target.attempts.forged : target.attempts.authentic;
  const report: Report = {
    attemptId: random() < 0.05 ? random.pick(['', 'att_x', 'att_\0', 'ATT_0']) : random.pick(attempts),
    status: random.pick(statuses),
    // Without an attempt id of ours the provider's own is looked up.
    ref:
      random() < 0.1
        ? oddText(random)
        : `SM${random
            .int(0, 2 ** 31)
            .toString(16)
            .padStart(32, '0')}`,
    code: random.pick(codes),
    at: random.pick([0, 1_900_000_000, -1, 1e15]),
  };
  const one = random.pick(providers)(report, target, forged, random);
  return random() < 1 / monstersPer ? monstrous(one, random) : one;
}

/** Too large, or not what its headers say, and never signed by anybody: refusing it must be cheap. */
function monstrous(one: FuzzCase, random: Random): FuzzCase {
  // A bounce is believed by its token, which covers no body.
  const covered = one.headers.authorization === undefined;
  const forgery = one.forgery ?? (covered ? 'a body put in its place' : undefined);
  switch (random.int(0, 2)) {
    case 0:
      return { ...one, forgery, body: Buffer.alloc(10 * 1024 * 1024, '{"a":') };
    case 1:
      return { ...one, forgery, body: bomb, headers: { ...one.headers, 'content-encoding': 'gzip' } };
    default:
      return { ...one, forgery, body: Buffer.alloc(2_900_000, '[') };
  }
}

/** 64 MB of nothing in 64 kB. */
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
