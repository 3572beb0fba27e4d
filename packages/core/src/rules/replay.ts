import type { Transition } from '../transition.ts';
import { begin, transition } from '../transition.ts';
import type { Verification } from '../verification.ts';
import type { Moment, Rule } from './rule.ts';
import { addressKindsPresent, eventOfWords, exampleId, stepOfWord } from './words.ts';

/** One step of a replayed rule: the words of what happened, the state before (none at the beginning) and what came of it. */
export interface Replayed extends Transition {
  readonly words: string;
  readonly before: Verification | null;
}

/** Plays a rule's history and its `when` through the real state machine; the last element is what `becomes` speaks of. */
export function replay(rule: Rule): readonly [Replayed, ...Replayed[]] {
  const lifeMs = (rule.lifeS ?? 600) * 1_000;
  const born = begin(
    {
      id: exampleId,
      tenantId: 'acme',
      purpose: 'auth',
      steps: rule.route.map(stepOfWord),
      addresses: { ...addressKindsPresent, ...rule.addresses },
      expiresAt: lifeMs,
      maxChecks: 3,
    },
    0,
    () => (rule.lineS ?? 0) * 1_000,
  );
  const played: [Replayed, ...Replayed[]] = [{ ...born, words: 'request', before: null }];
  for (const moment of rule.when ? [...rule.given, rule.when] : rule.given) {
    const before = played.at(-1)?.verification ?? born.verification;
    const { at, words } = momentOf(moment);
    played.push({ ...transition(before, eventOfWords(words), at), words, before });
  }
  return played;
}

function momentOf(moment: Moment): { at: number; words: string } {
  const space = moment.indexOf('s ');
  return { at: Math.round(Number(moment.slice(0, space)) * 1_000), words: moment.slice(space + 2) };
}
