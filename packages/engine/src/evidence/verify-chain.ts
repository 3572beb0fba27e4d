import { type EvidenceBundle, evidenceBundle, fieldProblems } from '@otp-relay/contracts';
import { type EvidenceJwk, evidenceFlaws, verifyEvidence } from '@otp-relay/vault';

/** What is wrong with one bundle of a list; `index` counts from 0. */
export interface ChainFlaw {
  readonly index: number;
  readonly problem: string;
}

/** What a list of bundles turned out to be. `head` is the hash to compare with the one somebody noted earlier. */
export interface ChainVerdict {
  readonly records: readonly EvidenceBundle['record'][];
  readonly flaws: readonly ChainFlaw[];
  readonly head: string | undefined;
}

/**
 * Checks bundles offline: each for itself, and each as the follower of the one before it, when there are several. A part
 * of a chain holds as a part; only one that begins at 1 is the whole of it up to its head.
 */
export function verifyChain(
  bundles: readonly unknown[],
  keys: readonly Pick<EvidenceJwk, 'x'>[],
): ChainVerdict {
  const records: EvidenceBundle['record'][] = [];
  const flaws: ChainFlaw[] = [];
  let last: EvidenceBundle | undefined;
  for (const [index, value] of bundles.entries()) {
    const flaw = (problem: string): void => void flaws.push({ index, problem });
    const parsed = evidenceBundle.safeParse(value);
    if (!parsed.success) {
      const [first] = fieldProblems(parsed.error);
      flaw(first ? `${first.path || 'the bundle'} ${first.problem}` : 'is no evidence');
      last = undefined;
      continue;
    }
    const bundle = parsed.data;
    // The record as given, not as parsed: what is not in the schema is covered too.
    const { record } = value as { record: unknown };
    const wrong = verifyEvidence({ ...bundle, record }, keys);
    if (wrong) flaw(evidenceFlaws[wrong]);
    if (last) for (const problem of breaksIn(last, bundle)) flaw(problem);
    else if (bundle.record.sequence === 1 && bundle.record.previous !== nothing)
      flaw('the first of a chain follows none');
    records.push(bundle.record);
    last = bundle;
  }
  return { records, flaws, head: last?.hash };
}

const nothing = '0'.repeat(64);

function breaksIn(before: EvidenceBundle, { record }: EvidenceBundle): string[] {
  const { tenant, mode, sequence } = before.record;
  if (record.tenant !== tenant || record.mode !== mode) return ['belongs to another chain'];
  return [
    ...(record.sequence === sequence + 1 ? [] : [`is number ${record.sequence}, after number ${sequence}`]),
    ...(record.previous === before.hash ? [] : ['does not follow the record before it']),
  ];
}
