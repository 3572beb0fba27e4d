import type { Channel, Delivery, TimelineEntry, Verification } from '@otp-relay/core';
import type { Mark } from './entry-words.ts';
import type { Paint, Tone } from './paint.ts';
import { relative, shortSpan } from './spans.ts';
import { type TimelineLine, timelineLines } from './timeline-lines.ts';
import { padEnd, padStart, printable, wrap } from './width.ts';

/** A verification as the store gives it: with its masked recipient. */
export interface ShownVerification {
  readonly verification: Verification;
  readonly recipientMasked: string;
  readonly createdAt: number;
}

export interface Canvas {
  readonly paint: Paint;
  readonly columns: number;
}

const toneOfChannel: Readonly<Record<Channel, Tone>> = {
  whatsapp: 'green',
  sms: 'blue',
  rcs: 'cyan',
  voice: 'yellow',
  email: 'magenta',
};
const iconOf: Readonly<Record<Channel, string>> = {
  whatsapp: '◆',
  sms: '●',
  rcs: '○',
  voice: '▲',
  email: '■',
};

const marks: Readonly<Record<Mark, readonly [string, Tone]>> = {
  good: ['✓', 'good'],
  bad: ['✗', 'bad'],
  pause: ['…', 'warn'],
  none: [' ', 'plain'],
};

/** The channel's name with its icon, in its colour. */
export const channelText = (channel: Channel | null, paint: Paint): string =>
  channel === null ? '' : paint(toneOfChannel[channel], `${iconOf[channel]} ${channel}`);

/** Nothing further happens by itself: what `--watch` waits for. */
export const isAtRest = ({ status, delivery }: Verification): boolean =>
  status !== 'pending' || !(['queued', 'sending', 'awaiting'] as readonly Delivery[]).includes(delivery);

const deliveryWords: Readonly<Record<Delivery, string>> = {
  queued: 'waiting for a worker',
  sending: 'being sent',
  awaiting: 'waiting for a receipt',
  delivered: 'delivered',
  unconfirmed: 'sent, delivery unconfirmed',
  exhausted: 'not delivered: no channel left',
  stopped: 'stopped',
};
export const deliveryTone: Readonly<Record<Delivery, Tone>> = {
  queued: 'warn',
  sending: 'warn',
  awaiting: 'warn',
  delivered: 'good',
  unconfirmed: 'warn',
  exhausted: 'bad',
  stopped: 'bad',
};

/** Id and state, then who, why, where and when. */
export function headerText(shown: ShownVerification, now: number, { paint }: Canvas): string {
  const { verification, recipientMasked, createdAt } = shown;
  const { id, status, delivery, purpose, steps, expiresAt, tenantId } = verification;
  const route = steps.map(({ channel }) => channel).join(' → ');
  const life = status === 'pending' ? `, expires in ${shortSpan(expiresAt - now)}` : '';
  const state = `${status}, ${deliveryWords[delivery]}`;
  return [
    `${paint('strong', id)}  ${paint(status === 'denied' ? 'bad' : deliveryTone[delivery], state)}`,
    `${printable(recipientMasked)} · ${purpose} · ${route}`,
    paint(
      'dim',
      `${tenantId} · ${new Date(createdAt).toISOString()}, ${shortSpan(now - createdAt)} ago${life}`,
    ),
  ].join('\n');
}

/** One line per thing that happened, times since the request. */
export const timelineText = (
  { verification, createdAt }: ShownVerification,
  entries: readonly TimelineEntry[],
  canvas: Canvas,
): string[] => timelineLines(verification, entries).map((line) => lineText(line, createdAt, canvas));

const noBreak = '\u00a0';
const timeColumns = 9;
const channelColumns = 10;
/** What stands before the text: time, gap, channel, gap, mark, gap. */
const textFrom = timeColumns + 2 + channelColumns + 1 + 1 + 1;

/** A line of a timeline, laid out; what does not fit goes on below its beginning. */
export function lineText(line: TimelineLine, createdAt: number, { paint, columns }: Canvas): string {
  const [mark, tone] = marks[line.mark];
  const head = [
    paint('dim', padStart(relative(line.at - createdAt), timeColumns)),
    '  ',
    padEnd(channelText(line.channel, paint), channelColumns),
    ` ${paint(tone, mark)} `,
  ].join('');
  // The arrow stays with its channel: no-break spaces are no place to wrap.
  const said = printable(line.text);
  const text = line.move === null ? said : `${said} ${line.move.replaceAll(' ', noBreak)}`;
  const wrapped = wrap(text, Math.max(30, columns - textFrom));
  const [first = '', ...rest] = wrapped.map((part) => part.replaceAll(noBreak, ' '));
  const indent = ' '.repeat(textFrom);
  return [`${head}${first}`, ...rest.map((part) => `${indent}${part}`)].join('\n').trimEnd();
}
