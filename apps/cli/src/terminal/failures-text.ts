import { explain } from '@otp-relay/core';
import type { FailureCount } from '@otp-relay/store';
import { isFailureKind, kindWords, providerWord } from './failure-words.ts';
import { sayLast } from './spans.ts';
import { table } from './table.ts';
import { type Canvas, channelText } from './verification-text.ts';

export interface FailureReport {
  /** How many attempts there were in all, failed or not. */
  readonly attempts: number;
  readonly groups: readonly FailureCount[];
}

/** Failures by reason, most frequent first; or the good news. */
export function failuresText({ attempts, groups }: FailureReport, sinceMs: number, canvas: Canvas): string {
  const last = sayLast(sinceMs);
  if (groups.length === 0)
    return attempts === 0
      ? `No attempts in the last ${last}, so no failures either.`
      : canvas.paint('good', `No failures in the last ${last} — ${attemptsWord(attempts)}, all fine.`);
  const failed = groups.reduce((sum, { count }) => sum + count, 0);
  const head = `${number(failed)} of ${attemptsWord(attempts)} failed in the last ${last} (${percent(failed / attempts)}).`;
  const note = 'share: of all attempts on that channel, with that provider, to that country';
  return `${canvas.paint('strong', head)}\n\n${groupsTable(groups, canvas)}\n\n${canvas.paint('dim', note)}`;
}

const groupsTable = (groups: readonly FailureCount[], canvas: Canvas): string =>
  table(
    [
      { title: 'channel' },
      { title: 'provider' },
      { title: 'code' },
      { title: 'country' },
      { title: 'count', align: 'right' },
      { title: 'share', align: 'right' },
      { title: 'why', shrinksTo: 12 },
    ],
    groups.map((group) => [
      { text: channelText(group.channel, (_, text) => text) },
      { text: providerWord(group.provider) },
      { text: group.code ?? '–' },
      { text: group.country ?? '–' },
      { text: number(group.count), tone: 'strong' as const },
      { text: percent(group.share) },
      { text: why(group.kind) },
    ]),
    canvas,
  );

/** When a provider never told. */
const silence: Readonly<Record<string, string>> = {
  timed_out: 'Accepted, and then no receipt came in time.',
  uncertain: 'The provider did not answer; the message may exist.',
};

const why = (kind: string): string =>
  silence[kind] ?? (isFailureKind(kind) ? explain({ kind, scope: 'request' }) : kindWords(kind));

const attemptsWord = (attempts: number): string => `${number(attempts)} attempt${attempts === 1 ? '' : 's'}`;
const number = (value: number): string => value.toLocaleString('en-US');
/** Less than a tenth of a percent is not nothing. */
const percent = (share: number): string =>
  share > 0 && share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`;
