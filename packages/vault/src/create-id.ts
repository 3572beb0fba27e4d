import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** Two characters for every 10 bits. */
const pairs = Array.from({ length: 1024 }, (_, i) => `${alphabet[i >> 5]}${alphabet[i & 31]}`);
const pair = (bits: number): string => pairs[bits & 1023] ?? '';
/** Eight characters for a 40-bit number; the two halves keep the shifts inside 32 bits. */
const eight = (n: number): string => twenty(Math.floor(n / 2 ** 20)) + twenty(n % 2 ** 20);
const twenty = (n: number): string => pair(n >> 10) + pair(n);

/** Random 32-bit words drawn from the system 1,024 at a time: one call per id would cost more than the id. */
function randomWords(): () => number {
  const pool = new Uint32Array(1024);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const word = pool[used] ?? 0;
    used += 1;
    return word;
  };
}

/**
 * Makes a source of ids `<prefix>_<26 lower-case Crockford base32>`: a ULID (48 bits of ms, 80 random bits).
 * Each id sorts after the one before it, also within one ms and when the clock steps back; `now` gives ms since 1970.
 */
export function idSource(now: () => number): (prefix: string) => string {
  const word = randomWords();
  let lastMs = -1;
  let time = '';
  // The random part as two 40-bit numbers; the top bit starts clear, so that counting up cannot overflow.
  let high = 0;
  let low = 0;
  return (prefix) => {
    const ms = now();
    if (ms > lastMs) {
      lastMs = ms;
      const rest = ms % 2 ** 30;
      time = twenty(Math.floor(ms / 2 ** 30)) + pair(rest >> 20) + twenty(rest);
      high = (word() % 2 ** 7) * 2 ** 32 + word();
      low = (word() % 2 ** 8) * 2 ** 32 + word();
    } else {
      // A random step, so that one id does not give away its neighbours.
      low += 1 + word();
      if (low >= 2 ** 40) {
        low -= 2 ** 40;
        high += 1;
      }
    }
    return `${prefix}_${time}${eight(high)}${eight(low)}`;
  };
}

/** A new id such as `vrf_01jd3x…`: time-sortable, increasing within this process. It names things; it never authorises. */
export const createId: (prefix: string) => string = idSource(Date.now);
