const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `1h`, `7d` → ms; undefined when it is none of these. */
export function parseSpan(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(digits) * (unitsMs[unit ?? ''] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}

/** `3600000` → `hour`, `5400000` → `90 minutes`: as people say it after "in the last". */
export function sayLast(ms: number): string {
  for (const [unit, name] of [
    ['d', 'day'],
    ['h', 'hour'],
    ['m', 'minute'],
    ['s', 'second'],
  ] as const) {
    const each = unitsMs[unit] ?? 1;
    if (ms % each === 0 && ms >= each) return ms === each ? name : `${ms / each} ${name}s`;
  }
  return `${ms} ms`;
}

/** Two units at most: `8m 20s`, `2h`, `3d 4h`, `0s`. */
export function shortSpan(ms: number): string {
  let seconds = Math.max(0, Math.round(ms / 1_000));
  const parts: string[] = [];
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(' ') || '0s';
}

/** Since the beginning of a timeline: `+0.31s`, `+25.3s`, `+3m 12s`. */
export function relative(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 9.995) return `+${seconds.toFixed(2)}s`;
  if (seconds < 99.95) return `+${seconds.toFixed(1)}s`;
  return `+${shortSpan(ms)}`;
}
