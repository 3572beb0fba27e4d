import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks per second: `getconf CLK_TCK` is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** proc(5): after the name in parentheses come state 3, ppid 4, … utime 14, stime 15, cutime 16, cstime 17. */
function statOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return ['', '', '', ...text.slice(text.lastIndexOf(')') + 2).split(' ')];
  } catch {
    return []; // it ended, or this is not Linux
  }
}

/** CPU these processes and their ended children used so far, seconds; 0 where there is no /proc. */
export const cpuSecondsOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const stat = statOf(pid);
    return sum + [14, 15, 16, 17].reduce((ticks, field) => ticks + Number(stat[field] ?? 0), 0);
  }, 0) / ticksPerSecond;

/** Whether a process of Postgres serves no client: the checkpointer, a vacuum, a writer. */
export function isBackground(pid: number): boolean {
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return /^postgres: (?:autovacuum|background|checkpointer|io worker|logical|startup|walwriter)/.test(
      title,
    );
  } catch {
    return false;
  }
}

export const parentOf = (pid: number): number => Number(statOf(pid)[4] ?? 0);

export function childrenOf(parent: number): number[] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => parent > 0 && parentOf(pid) === parent);
  } catch {
    return [];
  }
}
