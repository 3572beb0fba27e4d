import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a running demo tells the next one. */
export interface RunningDemo {
  readonly pid: number;
  readonly api: string | null;
}

/** Held as long as this process lives; nobody has to clean up after a killed one. */
export interface Claim {
  /** From now on the next demo is told where the api is. */
  tell(api: string): void;
  release(): Promise<void>;
}

/** Longest path of a Unix socket is 103 (macOS) or 107 bytes (Linux). */
const longestPath = 100;

/** Claims a data folder for this process, or says which demo has it: the holder listens on a socket, which dies with it. */
export async function claimFolder(folder: string): Promise<Claim | RunningDemo> {
  const path = socketOf(folder);
  const about: { pid: number; api: string | null } = { pid: process.pid, api: null };
  const listening = (await listen(path, about)) ?? (await takeOver(path, about));
  if ('pid' in listening) return listening;
  // It never keeps the process alive.
  listening.unref();
  return {
    tell: (api) => {
      about.api = api;
    },
    release: () => new Promise((resolve) => listening.close(() => resolve())),
  };
}

function socketOf(folder: string): string {
  const inside = join(folder, 'demo.sock');
  if (Buffer.byteLength(inside) <= longestPath) return inside;
  return join(tmpdir(), `otp-demo-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}.sock`);
}

/** Undefined when the path is there already. */
const listen = (path: string, about: RunningDemo): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).end(JSON.stringify(about));
    });
    server.once('error', (fault: NodeJS.ErrnoException) =>
      fault.code === 'EADDRINUSE' ? resolve(undefined) : reject(fault),
    );
    server.listen(path, () => resolve(server));
  });

/** The path is there: either somebody answers, or its holder was killed. */
async function takeOver(path: string, about: RunningDemo): Promise<Server | RunningDemo> {
  const other = await askHolder(path);
  if (other) return other;
  rmSync(path, { force: true });
  const server = await listen(path, about);
  if (server) return server;
  return (await askHolder(path)) ?? { pid: 0, api: null };
}

const askHolder = (path: string): Promise<RunningDemo | undefined> =>
  new Promise((resolve) => {
    let text = '';
    connect(path)
      .setEncoding('utf8')
      .on('error', () => resolve(undefined))
      .on('data', (part) => {
        text += part;
      })
      .on('end', () => resolve(readAnswer(text)));
  });

function readAnswer(text: string): RunningDemo {
  try {
    const { pid, api } = JSON.parse(text) as RunningDemo;
    return { pid: Number(pid), api: typeof api === 'string' ? api : null };
  } catch {
    return { pid: 0, api: null };
  }
}
