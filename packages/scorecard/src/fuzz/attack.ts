import { type Dispatcher, Pool } from 'undici';
import { seeded } from '../random.ts';
import { anyCase } from './any-case.ts';
import type { FuzzCase, Target } from './fuzz-case.ts';

/** What the api answered to an attack. */
export interface Attacked {
  readonly sent: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Answered 5xx, or not at all although the body was not too large; with the seed that makes the case again. */
  readonly broken: readonly string[];
  /** Forged, and answered 2xx. */
  readonly believed: readonly string[];
}

export interface AttackOptions {
  readonly url: string;
  readonly seed: number;
  readonly count: number;
  /** Stops early at this instant, ms since 1970. */
  readonly until: number;
  readonly progress: (sent: number) => void;
}

const atOnce = 48;
/** A body larger than this may be refused by hanging up. */
const largestBody = 3 * 1024 * 1024;

/** Sends every case of the seed to the api over kept connections. */
export async function attack(target: Target, options: AttackOptions): Promise<Attacked> {
  const { url, seed, count, until, progress } = options;
  const pool = new Pool(url, {
    connections: atOnce,
    pipelining: 1,
    bodyTimeout: 30_000,
    headersTimeout: 30_000,
  });
  const byStatus: Record<string, number> = {};
  const broken: string[] = [];
  const believed: string[] = [];
  let next = 0;
  const attacker = async (): Promise<void> => {
    while (next < count && Date.now() < until) {
      const number = next;
      next += 1;
      const one = anyCase(target, seeded(seed + number));
      const status = await statusOf(pool, one);
      byStatus[status] = (byStatus[status] ?? 0) + 1;
      const name = `case ${seed + number}: ${one.path.split('/')[2]}, ${one.forgery ?? 'signed'}, ${one.body.length} bytes → ${status}`;
      if (status >= 500 || (status === 0 && one.body.length <= largestBody)) broken.push(name);
      if (one.forgery !== undefined && status >= 200 && status < 300) believed.push(name);
      if (next % 50_000 === 0) progress(next);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, attacker));
  } finally {
    await pool.destroy();
  }
  return { sent: next, byStatus, broken, believed };
}

/** 0 when there was no answer. */
async function statusOf(pool: Dispatcher, { path, headers, body }: FuzzCase): Promise<number> {
  try {
    const answer = await pool.request({ method: 'POST', path, headers, body });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}
