import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startWatchdog } from './watchdog.ts';

export interface ProcessOptions {
  /** Default: this node. */
  readonly command?: string;
  readonly args: readonly string[];
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** A folder to remove should this process die without having stopped the other. */
  readonly scratch?: string;
  /** The line of output that means it is up; without it the process counts as started at once. */
  readonly readyWhen?: LineMatch;
  readonly readyTimeoutMs?: number;
}

export type LineMatch = RegExp | ((line: string) => boolean);

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process in a group of its own, with every line it printed on stdout and stderr. */
export interface RunningProcess {
  readonly pid: number;
  readonly lines: readonly string[];
  readonly ended: Promise<ProcessEnd>;
  /** The first line that matches, also among those already printed. Its error shows the last lines. */
  waitForLine(match: LineMatch, timeoutMs?: number): Promise<string>;
  /** SIGTERM, then SIGKILL to its whole group after `graceMs` (default 5,000). */
  stop(graceMs?: number): Promise<ProcessEnd>;
  /** SIGKILL to its whole group: the power cut. */
  kill(): Promise<ProcessEnd>;
}

/** Starts a process and resolves when it is ready; it dies with this process at the latest. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const child = spawn(options.command ?? process.execPath, [...options.args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const running = await track(child, [options.command ?? 'node', ...options.args].join(' '));
  startWatchdog(running.pid, options.scratch);
  if (options.readyWhen) {
    try {
      await running.waitForLine(options.readyWhen, options.readyTimeoutMs ?? 20_000);
    } catch (fault) {
      await running.kill();
      throw fault;
    }
  }
  return running;
}

async function track(child: ChildProcess, title: string): Promise<RunningProcess> {
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const listener of listeners) listener(line);
    });
  }
  // `close`, not `exit`: by then the last lines have been read.
  let closed = false;
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('close', (code, signal) => {
      closed = true;
      resolve({ code, signal });
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(Number(child.pid)));
  });
  const lastLines = (): string =>
    lines
      .slice(-30)
      .map((line) => `  | ${line}`)
      .join('\n') || '  (it printed nothing)';

  const signal = (to: number, name: NodeJS.Signals): void => {
    if (closed) return;
    try {
      process.kill(to, name);
    } catch {
      // It ended between the check and the signal.
    }
  };
  const kill = (): Promise<ProcessEnd> => {
    signal(-pid, 'SIGKILL');
    return ended;
  };

  return {
    pid,
    lines,
    ended,
    kill,

    waitForLine(match, timeoutMs = 10_000) {
      const matches = typeof match === 'function' ? match : (line: string) => match.test(line);
      const already = lines.find(matches);
      if (already !== undefined) return Promise.resolve(already);
      return new Promise((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(listener);
        };
        const fail = (why: string): void => {
          finish();
          reject(new Error(`${title}\n${why}; wanted ${match}; last lines:\n${lastLines()}`));
        };
        const listener = (line: string): void => {
          if (!matches(line)) return;
          finish();
          resolve(line);
        };
        const timer = setTimeout(() => fail(`no such line within ${timeoutMs} ms`), timeoutMs);
        listeners.add(listener);
        void ended.then(({ code, signal: by }) => fail(`it ended first (code ${code}, signal ${by})`));
      });
    },

    async stop(graceMs = 5_000) {
      signal(pid, 'SIGTERM');
      const timer = setTimeout(() => void kill(), graceMs);
      return ended.finally(() => clearTimeout(timer));
    },
  };
}
