import type { Finding } from '../doctor/finding.ts';
import type { Tone } from './paint.ts';
import type { Canvas } from './verification-text.ts';
import { padEnd, width, wrap } from './width.ts';

const marks: Readonly<Record<Finding['state'], readonly [string, Tone]>> = {
  ok: ['ok', 'good'],
  warn: ['warn', 'warn'],
  fail: ['fail', 'bad'],
};

/** One finding: state, subject, what was seen; below it the fix. */
export function findingText({ state, about, text, fix }: Finding, { paint, columns }: Canvas): string {
  const [word, tone] = marks[state];
  const head = `${paint(tone, padEnd(word, 4))}  ${paint('strong', padEnd(about, 9))}  `;
  const indent = ' '.repeat(width(head));
  const room = Math.max(30, columns - width(head));
  const lines = [...wrap(text, room), ...(fix === undefined ? [] : wrap(`→ ${fix}`, room))];
  return lines.map((line, i) => `${i === 0 ? head : indent}${line}`).join('\n');
}

/** The last line: how many of each. */
export function findingsSummary(findings: readonly Finding[], { paint }: Canvas): string {
  const count = (state: Finding['state']): number =>
    findings.filter((finding) => finding.state === state).length;
  const fails = count('fail');
  const warns = count('warn');
  if (fails > 0) return paint('bad', `${fails} to mend${warns > 0 ? `, ${warns} to look at` : ''}.`);
  return warns > 0 ? paint('warn', `It works; ${warns} to look at.`) : paint('good', 'All is well.');
}
