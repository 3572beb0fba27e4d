import type {
  Attempt,
  CheckRefusal,
  SkipReason,
  TimelineEntry,
  TimelineType,
  Verification,
} from '@otp-relay/core';
import { failureSentence, isFailureKind, providerWord } from './failure-words.ts';

/** What a line means at a glance. */
export type Mark = 'good' | 'bad' | 'pause' | 'none';

export interface Words {
  readonly mark: Mark;
  readonly text: string;
}

interface Context {
  readonly entry: TimelineEntry;
  readonly attempt: Attempt | undefined;
  readonly verification: Verification;
  /** `meta`, `twilio`, `smtp`. */
  readonly provider: string;
}

/** One timeline entry in plain words. Nothing in it is secret: entries hold no address and no code. */
export const entryWords = (
  entry: TimelineEntry,
  attempt: Attempt | undefined,
  verification: Verification,
): Words =>
  words[entry.type]({
    entry,
    attempt,
    verification,
    provider: providerWord(attempt?.provider ?? 'the provider'),
  });

const say =
  (mark: Mark, text: (context: Context) => string) =>
  (context: Context): Words => ({ mark, text: text(context) });

const words: Readonly<Record<TimelineType, (context: Context) => Words>> = {
  accepted: say('none', ({ entry }) => `asked for: ${entry.detail.steps}`),
  joined: say('none', () => 'asked for again: joined this verification'),
  attempt_queued: say('none', () => 'waiting for a worker'),
  attempt_requeued: say('none', () => 'queued again: no worker took it'),
  attempt_sending: say('none', ({ attempt }) => `sending through ${attempt?.account}${tryWords(attempt)}`),
  attempt_accepted: say('none', ({ provider }) => `accepted by ${provider}`),
  attempt_sent: say('none', (it) => `sent${late(it)}`),
  attempt_delivered: say('good', (it) => `delivered${late(it)}`),
  attempt_read: say('good', (it) => `read${late(it)}`),
  attempt_rejected: say('bad', failed),
  attempt_undelivered: say('bad', (it) => `${failed(it)}${late(it)}`),
  attempt_timed_out: say('pause', (it) => `no receipt within ${timeoutOf(it)}`),
  attempt_uncertain: say('pause', (it) =>
    it.entry.detail.failure ? failed(it) : `${it.provider} did not answer; the message may exist`,
  ),
  attempt_skipped: say('none', ({ entry }) => `skipped: ${skipWords(entry.detail.reason)}`),
  attempt_suppressed: say('none', () => 'never sent: no longer needed'),
  retry: say('none', () => 'once more'),
  failover: say('none', () => 'another account'),
  fallback: say('none', () => 'next channel'),
  delivered: say('good', () => 'delivered'),
  unconfirmed: say(
    'pause',
    ({ provider }) => `rests here: ${provider} gives no receipt, so delivery is unconfirmed`,
  ),
  exhausted: say('bad', () => 'no channel is left'),
  stopped: say('bad', () => 'stopped: no other channel is tried'),
  check_failed: say(
    'pause',
    ({ entry, verification }) =>
      `wrong ${entry.detail.reason === 'context' ? 'transaction' : 'code'}, ${entry.detail.failedChecks} of ${verification.maxChecks}`,
  ),
  check_refused: say('pause', ({ entry }) => `a code was not compared: ${refusalWords(entry.detail.reason)}`),
  feedback: say('none', ({ entry }) => `the service says: ${entry.detail.converted ? 'done' : 'not done'}`),
  next: say('none', ({ entry }) => `${entry.detail.by} asked for the next channel`),
  resend: say('none', ({ entry }) => `${entry.detail.by} asked to send it again`),
  approved: say('good', () => 'approved: the code was right'),
  denied: say('bad', () => 'denied: too many wrong codes'),
  expired: say('pause', () => 'expired'),
  canceled: say('pause', ({ entry }) => `canceled by ${entry.detail.by ?? 'service'}`),
};

function failed({ entry, attempt }: Context): string {
  const { failure, code } = entry.detail;
  const kind = isFailureKind(failure) ? failure : 'unknown';
  return failureSentence(
    { kind, ...(code !== undefined && { code: String(code) }) },
    attempt?.provider ?? '',
  );
}

const late = ({ entry }: Context): string => (entry.detail.late ? ', late' : '');
const tryWords = (attempt: Attempt | undefined): string =>
  attempt && attempt.try > 1 ? `, try ${attempt.try}` : '';

function timeoutOf({ attempt, verification }: Context): string {
  const step = attempt && verification.steps[attempt.step];
  return step ? `${step.timeoutMs / 1000} s` : 'its time';
}

const refusals: Readonly<Record<CheckRefusal, string>> = {
  unknown: 'there is no such verification',
  used: 'it was used already',
  denied: 'too many were wrong',
  expired: 'it has expired',
  canceled: 'it was canceled',
  locked_for_today: 'this recipient had 20 wrong codes within 24 hours',
  locked: 'this recipient had 100 wrong codes in a row; otp unlock ends that',
  spent: 'every try is taken',
};
const refusalWords = (reason: unknown): string =>
  typeof reason === 'string' && Object.hasOwn(refusals, reason)
    ? refusals[reason as CheckRefusal]
    : String(reason);

const skipped: Readonly<Record<SkipReason, string>> = {
  address_missing: 'the request has no address for it',
  address_invalid: 'the address is wrong',
  context_hidden: 'this channel cannot show what the code approves',
  too_little_life: 'the code would expire too soon',
  channel_failed: 'this channel has just failed',
  account_missing: 'its account is gone',
  over_budget: "the day's budget for it is spent",
};
const skipWords = (reason: unknown): string =>
  typeof reason === 'string' && Object.hasOwn(skipped, reason)
    ? skipped[reason as SkipReason]
    : String(reason);
