import { readFileSync } from 'node:fs';

/** npm, npx, pnpm and their like, by the beginning of their command line. */
const manager = /(?:^|[/\s])(?:npm|npx|pnpm|pnpx|yarn|corepack)(?:[\s.-]|$)/;
const shellCommand = /(?:^|\/)(?:ba|da|z|k|a)?sh -c$/;
const everyMs = 500;

/**
 * Calls back when a package manager that started this process is gone: npx, asked to stop, ends without telling those
 * below it. Sees them on Linux only. Returns what ends the watch.
 */
export function watchWrappers(gone: () => void): () => void {
  const chain = wrappersAbove(process.ppid);
  const isWhole = (): boolean =>
    chain.every((pid, index) => (index === 0 ? process.ppid : parentOf(chain[index - 1] ?? 0)) === pid);
  const timer = setInterval(() => {
    if (isWhole()) return;
    clearInterval(timer);
    gone();
  }, everyMs).unref();
  return () => clearInterval(timer);
}

/** From `pid` upwards to the last package manager; the shells between count, the person's own shell does not. */
export function wrappersAbove(pid: number, look: typeof beginningOf = beginningOf, up = parentOf): number[] {
  const seen: number[] = [];
  let managers = 0;
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = up(at)) {
    const line = look(at);
    const isManager = line !== undefined && manager.test(line);
    if (line === undefined || !(isManager || shellCommand.test(line))) break;
    seen.push(at);
    if (isManager) managers = seen.length;
  }
  return seen.slice(0, managers);
}

/** The first two words of a process's command line: what runs, and what it was given first. */
function beginningOf(pid: number): string | undefined {
  const line = read(`/proc/${pid}/cmdline`);
  return line?.split('\0').slice(0, 2).join(' ').trim();
}

/** Fourth field of proc_pid_stat(5); the second, in parentheses, may hold anything. */
function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
