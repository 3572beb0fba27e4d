import { smsSizeOf, toGsm7 } from './gsm7.ts';

/** Android's SMS Retriever reads no message beyond 140 bytes. */
const retrieverBytes = 140;

/** What the machine at the other end reads: the app's hash, then `@host #code`, which must be the last line (WICG). */
interface Signals {
  readonly code: string;
  readonly origin?: string | undefined;
  readonly androidHash?: string | undefined;
}

/**
 * The shortest loss that fits: all sentences if they cost no more segments than without the last one, else without it.
 * The advice goes too only where the Retriever's limit demands it; the first sentence always stays.
 */
export function smsText(
  sentences: readonly [string, string, string],
  gap: '' | ' ',
  signals: Signals,
): string {
  const tail = tailOf(signals);
  const [lead, advice] = sentences;
  const tries = [[...sentences], [lead, advice], ...(signals.androidHash ? [[lead]] : [])];
  const texts = tries.map((parts) => [toGsm7(parts.join(gap)), ...tail].join('\n'));
  const cost = (text: string) => {
    const { encoding, units, segments } = smsSizeOf(text);
    const bytes = encoding === 'gsm7' ? units : units * 2;
    return segments + (signals.androidHash && bytes > retrieverBytes ? 100 : 0);
  };
  return texts.reduce((best, text) => (cost(text) < cost(best) ? text : best));
}

/** A host or hash that is not one is left out: the text must stay readable, and nothing may forge a line. */
function tailOf({ code, origin, androidHash }: Signals): string[] {
  const tail: string[] = [];
  if (androidHash && /^[A-Za-z0-9+/=]{11}$/.test(androidHash)) tail.push(androidHash);
  if (origin && /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(origin)) tail.push(`@${origin} #${code}`);
  return tail;
}
