#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import type { Io } from './cli.ts';
import { environment } from './config.ts';
import { runCli } from './run-cli.ts';

/** Nothing is clipped or wrapped in a pipe. */
const noTerminal = 1_000;

const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
// A reader that leaves early (`otp list | head`) is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 2));

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Ctrl-C is a no.
    return await lines.question(question, { signal: stopping.signal }).catch(() => '');
  } finally {
    lines.close();
  }
}

const io: Io = {
  env: environment(),
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  columns: process.stdout.columns ?? noTerminal,
  isTty: process.stdout.isTTY === true,
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  now: Date.now,
  signal: stopping.signal,
};

process.exitCode = await runCli(process.argv.slice(2), io);
