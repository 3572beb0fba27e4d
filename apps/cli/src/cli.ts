import type { Env } from '@otp-relay/runtime';
import type { Paint } from './terminal/paint.ts';

/** The world as a command sees it: where to write, what was set, what time it is. */
export interface Io {
  readonly env: Env;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Width of the terminal; very wide when there is none. */
  readonly columns: number;
  readonly isTty: boolean;
  /** Asks the person one question; undefined when nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string>;
  readonly now: () => number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What a command works with. */
export interface Cli extends Omit<Io, 'stdout' | 'stderr'> {
  readonly paint: Paint;
  /** One or more lines of the answer. */
  print(text: string): void;
  /** A remark beside the answer: stderr, so that a pipe gets the answer alone. */
  note(text: string): void;
  /** 0 fine, 1 the person's input is wrong, 2 something is broken. */
  exitCode: 0 | 1 | 2;
}
