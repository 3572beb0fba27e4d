import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figure, Row, RowContext } from '../row.ts';

const bench = fileURLToPath(new URL('../../../bench/dist/main.js', import.meta.url));

/** What `pnpm bench lifecycle --json` ends with; the part that is read here. */
interface Benched {
  readonly lifecyclePerSecond: number;
  readonly baselinePerSecond: number;
  readonly ratio: number;
  readonly dispatchP50Ms: number;
  readonly dispatchP99Ms: number;
  readonly baselineDispatchP50Ms: number;
  readonly baselineDispatchP99Ms: number;
}

/** Rows 26 and 27: the whole path beside the least anybody could do with BullMQ, one after the other on one machine. */
export const speed: Row = {
  rows: [26, 27],
  title: 'speed, measured against a bare BullMQ loop',
  quick: false,
  async run(context) {
    const measured = await measure(context);
    const times = (p50: number, p99: number): string => `p50 ${p50} ms, p99 ${p99} ms`;
    const slower = measured.dispatchP99Ms / measured.baselineDispatchP99Ms;
    return [
      {
        row: 26,
        figure: 'lifecycle throughput ÷ the bare BullMQ loop, Redis',
        value: measured.ratio,
        target: '≥ 0.5',
        pass: measured.ratio >= 0.5,
        bounded: context.short,
        detail: `${measured.lifecyclePerSecond} against ${measured.baselinePerSecond} OTPs per second`,
      },
      {
        row: 27,
        figure: "enqueue → provider p99 at 200/s ÷ the bare loop's",
        value: Number(slower.toFixed(1)),
        target: '≤ 2',
        pass: slower <= 2,
        bounded: context.short,
        detail: `${times(measured.dispatchP50Ms, measured.dispatchP99Ms)}; the bare loop ${times(measured.baselineDispatchP50Ms, measured.baselineDispatchP99Ms)}`,
      },
    ] satisfies Figure[];
  },
};

/** The bench is a program of its own, so that nothing of this process is measured with it. */
function measure({ short, log, budgetMs }: RowContext): Promise<Benched> {
  const size = short ? ['--count', '1500', '--seconds', '5'] : [];
  const child = spawn(process.execPath, [bench, 'lifecycle', '--json', ...size], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: budgetMs,
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    const lines = String(chunk).trimEnd();
    if (lines.endsWith('…')) log(lines);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out.trim().split('\n').at(-1) ?? '') as Benched);
      else reject(new Error(`the bench ended with ${code}`));
    });
  });
}
