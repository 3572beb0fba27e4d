import type { Channel, TimelineEntry, Verification } from '@otp-relay/core';
import { entryWords, type Mark } from './entry-words.ts';

/** One line of a timeline, ready to be laid out. */
export interface TimelineLine {
  /** The place of its entry in the timeline: names the line, whatever comes after it. */
  readonly seq: number;
  readonly at: number;
  readonly attemptId: string | null;
  readonly channel: Channel | null;
  readonly mark: Mark;
  readonly text: string;
  /** Where it went from here: `→ sms`, `→ again in 0.5 s`. */
  readonly move: string | null;
  /** True while the next entry may say it better: not worth printing for a moment. */
  readonly passing: boolean;
  /** True for a consequence, which causes no move. */
  readonly aside: boolean;
}

/**
 * A timeline as people read it: a move stands at the end of the line that caused it, and what the next line says better
 * is left out.
 */
export function timelineLines(verification: Verification, entries: readonly TimelineEntry[]): TimelineLine[] {
  const lines: TimelineLine[] = [];
  for (const [index, entry] of entries.entries()) {
    const move = moveOf(entry);
    if (move !== undefined && append(lines, entry, move)) continue;
    if (isSaidBetter(entry, entries, index)) continue;
    const attempt = verification.attempts.find(({ id }) => id === entry.attemptId);
    const { mark, text } = entryWords(entry, attempt, verification);
    lines.push({
      seq: index,
      at: entry.at,
      attemptId: entry.attemptId,
      channel: attempt?.channel ?? null,
      mark,
      text,
      move: move ?? null,
      passing: entry.type === 'attempt_queued',
      aside: entry.type === 'attempt_suppressed',
    });
  }
  return lines;
}

function moveOf({ type, detail }: TimelineEntry): string | undefined {
  if (type === 'fallback' || type === 'failover') return `→ ${detail.to}`;
  if (type === 'retry') return `→ again in ${Number(detail.delayMs) / 1000} s`;
  return undefined;
}

/** Puts a move at the end of the line that caused it: the last one of the attempt it left. False when there is none. */
function append(lines: TimelineLine[], { attemptId }: TimelineEntry, move: string): boolean {
  const index = lines.findLastIndex((line) => line.attemptId === attemptId && !line.aside);
  const line = lines[index];
  if (!line || line.move !== null) return false;
  lines[index] = { ...line, move };
  return true;
}

function isSaidBetter(entry: TimelineEntry, entries: readonly TimelineEntry[], index: number): boolean {
  const { type, attemptId, at } = entry;
  // Waiting for a worker is worth a line only while it lasts.
  if (type === 'attempt_queued')
    return entries.slice(index + 1).some((later) => later.attemptId === attemptId);
  // The receipt that caused it is on the line above.
  if (type === 'delivered')
    return entries
      .slice(0, index)
      .some((earlier) => earlier.at === at && /^attempt_(delivered|read)$/.test(earlier.type));
  return false;
}
