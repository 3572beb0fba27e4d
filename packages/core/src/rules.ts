import { beginning } from './rules/beginning.ts';
import { clock } from './rules/clock.ts';
import { commands } from './rules/commands.ts';
import { ending } from './rules/ending.ts';
import { failures } from './rules/failures.ts';
import { lateReceipts } from './rules/late-receipts.ts';
import { receipts } from './rules/receipts.ts';
import type { Rule } from './rules/rule.ts';
import { sending } from './rules/sending.ts';
import { stops } from './rules/stops.ts';
import { unanswered } from './rules/unanswered.ts';

export type { Law } from './rules/laws.ts';
export { laws } from './rules/laws.ts';
export type { Replayed } from './rules/replay.ts';
export { replay } from './rules/replay.ts';
export type { Moment, Rule } from './rules/rule.ts';
export { wordsOfAttempt, wordsOfEffect } from './rules/words.ts';

/** A chapter of the rules table. */
export interface Chapter {
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** Every promise of the state machine, as data: the tests replay it and the reference page prints it. */
export const chapters: readonly Chapter[] = [
  { title: 'Beginning', rules: beginning },
  { title: 'Sending', rules: sending },
  { title: 'No answer, or a late one', rules: unanswered },
  { title: 'The clock', rules: clock },
  { title: 'Receipts', rules: receipts },
  { title: 'Late receipts', rules: lateReceipts },
  { title: 'Failures', rules: failures },
  { title: 'Stops', rules: stops },
  { title: 'Commands', rules: commands },
  { title: 'Ending', rules: ending },
];

export const rules: readonly Rule[] = chapters.flatMap((chapter) => chapter.rules);
