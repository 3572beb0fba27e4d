import type { AbuseDecision, StoredBlock } from '@otp-relay/store';
import type { Tone } from './paint.ts';
import { shortSpan } from './spans.ts';
import { table } from './table.ts';
import type { Canvas } from './verification-text.ts';

type Clocked = Canvas & { readonly now: () => number };

const toneOf: Readonly<Record<AbuseDecision['outcome'], Tone>> = {
  allowed: 'good',
  monitored: 'dim',
  degraded: 'strong',
  refused: 'bad',
};

/** Decisions as a table, in the order given. */
export function decisionsText(decisions: readonly AbuseDecision[], canvas: Clocked): string {
  if (decisions.length === 0) return 'No rule against abuse had anything to say.';
  const now = canvas.now();
  return table(
    [
      { title: 'age', align: 'right' },
      { title: 'tenant', shrinksTo: 6 },
      { title: 'to', shrinksTo: 8 },
      { title: 'country' },
      { title: 'purpose' },
      { title: 'outcome' },
      { title: 'left', shrinksTo: 6 },
      { title: 'why', shrinksTo: 20 },
      { title: 'verification' },
    ],
    decisions.map((it) => [
      { text: shortSpan(now - it.at), tone: 'dim' },
      { text: it.tenantId },
      { text: it.recipientMasked },
      { text: it.country ?? '–' },
      { text: it.purpose },
      { text: it.outcome, tone: toneOf[it.outcome] },
      { text: it.channels.length === 0 ? '–' : it.channels.join(' → ') },
      { text: it.reasons.map(reasonText).join('; ') },
      { text: it.verificationId ?? '–', tone: 'dim' },
    ]),
    canvas,
  );
}

/** What stands against whom, as a table. */
export function blocksText(blocks: readonly StoredBlock[], canvas: Clocked): string {
  if (blocks.length === 0) return 'Nothing is held against anybody.';
  const now = canvas.now();
  return table(
    [
      { title: 'tenant', shrinksTo: 6 },
      { title: 'against' },
      { title: 'rule' },
      { title: 'since', align: 'right' },
      { title: 'ends in', align: 'right' },
      { title: 'saw', shrinksTo: 20 },
    ],
    blocks.map((it) => [
      { text: it.tenantId },
      { text: it.name, tone: 'strong' as const },
      { text: it.rule.split(':')[0] ?? it.rule },
      { text: shortSpan(now - it.since), tone: 'dim' as const },
      { text: shortSpan(it.until - now) },
      { text: detailText(it.detail) },
    ]),
    canvas,
  );
}

const reasonText = ({ rule, mode, detail }: AbuseDecision['reasons'][number]): string => {
  const seen = detailText(detail);
  return `${rule} (${mode}${seen === '' ? '' : `: ${seen}`})`;
};

const detailText = (detail: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
