import { readFileSync } from 'node:fs';
import { percentile } from '../percentile.ts';

/** Resident memory of a process over a run, MB: the median of its first, second and last third. */
export type Thirds = readonly [first: number, second: number, last: number];

export interface RssMeter {
  stop(): Readonly<Record<string, Thirds>>;
}

const everyMs = 500;

/** Looks at `/proc` twice a second; NaN where there is none. */
export function openRss(pids: Readonly<Record<string, number>>): RssMeter {
  const samples = new Map(Object.keys(pids).map((name) => [name, [] as number[]]));
  const look = (): void => {
    for (const [name, pid] of Object.entries(pids)) samples.get(name)?.push(rssMbOf(pid));
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    stop() {
      clearInterval(timer);
      return Object.fromEntries([...samples].map(([name, all]) => [name, thirdsOf(all)]));
    },
  };
}

export function thirdsOf(all: readonly number[]): Thirds {
  const third = (n: number): number =>
    percentile(all.slice(Math.floor((all.length * n) / 3), Math.ceil((all.length * (n + 1)) / 3)), 0.5);
  return [third(0), third(1), third(2)];
}

/** NaN where there is no `/proc`, or no such process. */
export function rssMbOf(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1_024;
  } catch {
    return Number.NaN;
  }
}
