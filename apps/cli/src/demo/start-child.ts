import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Env } from '@otp-relay/runtime';
import { CliFault } from '../cli-fault.ts';
import { isReady, readableLine } from './child-lines.ts';

export interface ChildOptions {
  /** As people call it: "the api". */
  readonly name: string;
  /** The file that node runs, and its arguments. */
  readonly args: readonly string[];
  readonly env: Env;
  /** Where all it prints goes; begun anew. */
  readonly logFile: string;
  /** What to do when it does not run. */
  readonly fix: string;
  /** The module that every child loads first: built, so not beside a source that a test runs. */
  readonly stopWithParent?: URL;
}

/** A process of the demo, in a group of its own: Ctrl-C reaches the demo alone, which stops the others in order. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it is ready, rejects with its last lines when it ends before, and when `signal` aborts; calls back with every line until then. */
  ready(signal: AbortSignal, onLine?: (line: string) => void): Promise<void>;
  /** True when a line so far, as it was printed, matches. */
  printed(pattern: RegExp): boolean;
  /** Resolves, when it has ended, to the fault that says so. */
  readonly ended: Promise<CliFault>;
  /** SIGTERM, then SIGKILL to its whole group after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const readyWithinMs = 120_000;
const pollMs = 40;
const lastLines = 12;
const ownGuard = new URL('./stop-with-parent.js', import.meta.url);

/** Starts a node process that stops when this one is gone. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, logFile, stopWithParent = ownGuard } = options;
  const out = openSync(logFile, 'w', 0o600);
  const child = spawn(process.execPath, ['--import', stopWithParent.href, ...options.args], {
    cwd: '/',
    detached: true,
    env: options.env,
    stdio: ['pipe', out, out],
  });
  closeSync(out);
  // The pipe exists to break; that nobody reads it is no trouble.
  child.stdin?.on('error', () => undefined);
  const exited = new Promise<CliFault>((resolve) => {
    child.once('exit', (code, by) => resolve(faultOf(options, by === null ? `exit code ${code}` : by)));
  });
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const runs = (): boolean => child.exitCode === null && child.signalCode === null;

  return {
    name,
    pid: Number(child.pid),
    ended: exited,
    printed: (pattern) => linesOf(logFile).some((line) => pattern.test(line)),
    async ready(signal, onLine) {
      const giveUpAt = Date.now() + readyWithinMs;
      for (let seen = 0; !signal.aborted; ) {
        const ran = runs();
        const lines = linesOf(logFile);
        for (const line of lines.slice(seen)) onLine?.(readableLine(line));
        seen = lines.length;
        if (lines.some(isReady)) return;
        if (!ran) throw await exited;
        if (Date.now() > giveUpAt) throw faultOf(options, `not ready within ${readyWithinMs / 1_000} s`);
        await delay(pollMs, undefined, { signal }).catch(() => undefined);
      }
      signal.throwIfAborted();
    },
    async stop(graceMs) {
      if (!runs()) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => killGroup(child), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended between the check and the signal.
  }
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

function faultOf({ name, logFile, fix }: ChildOptions, how: string): CliFault {
  const lines = linesOf(logFile).slice(-lastLines).map(readableLine);
  const said = lines.length === 0 ? '  (it printed nothing)' : lines.map((line) => `  │ ${line}`).join('\n');
  return new CliFault(`${name} does not run (${how}). Its last lines:\n${said}\n  All of it: ${logFile}`, {
    fix,
    exitCode: 2,
  });
}
