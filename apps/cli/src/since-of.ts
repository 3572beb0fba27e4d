import { CliFault } from './cli-fault.ts';
import { parseSpan } from './terminal/spans.ts';

/** The value of `--since` in ms; a fault in words when it is no span of time. */
export function sinceOf(text: string): number {
  const ms = parseSpan(text);
  if (ms !== undefined) return ms;
  throw new CliFault('--since is not a span of time.', {
    fix: 'Use a number and s, m, h or d: 15m, 1h, 7d.',
  });
}
