/** A check resolves when all is well; it is not when it throws, or resolves to `{ reason }`. */
export type HealthCheck = (signal: AbortSignal) => Promise<unknown>;

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly reason?: string;
  readonly ms: number;
}
export interface HealthReport {
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

/**
 * Builds the question behind `/readyz`: runs all checks side by side, each within `timeoutMs`, and remembers the answer
 * for `cacheMs`, so that a flood of probes costs one round. Reasons never carry a fault's message: those can hold URLs.
 */
export function health(options: {
  checks: Readonly<Record<string, HealthCheck>>;
  timeoutMs?: number;
  cacheMs?: number;
}): () => Promise<HealthReport> {
  const { checks, timeoutMs = 1000, cacheMs = 1000 } = options;
  let running: Promise<HealthReport> | undefined;
  let freshUntil = 0;
  return () => {
    if (running !== undefined && performance.now() < freshUntil) return running;
    // Fresh for as long as it runs; the cache time counts from the answer.
    freshUntil = Number.POSITIVE_INFINITY;
    running = Promise.all(
      Object.entries(checks).map(([name, check]) => runCheck(name, check, timeoutMs)),
    ).then((results) => {
      freshUntil = performance.now() + cacheMs;
      return { ok: results.every(({ ok }) => ok), checks: results };
    });
    return running;
  };
}

async function runCheck(name: string, check: HealthCheck, timeoutMs: number): Promise<CheckResult> {
  const startedAt = performance.now();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, `no answer within ${timeoutMs} ms`);
  });
  const answer = Promise.resolve(controller.signal).then(check).then(reasonOf, nameOf);
  const reason = await Promise.race([answer, late]);
  clearTimeout(timer);
  controller.abort();
  const ms = Math.round(performance.now() - startedAt);
  return reason === undefined ? { name, ok: true, ms } : { name, ok: false, reason, ms };
}

/** Any other answer means well, so that `() => pool.query('select 1')` is a check as it stands. */
const reasonOf = (answer: unknown): string | undefined =>
  typeof answer === 'object' && answer !== null && 'reason' in answer ? String(answer.reason) : undefined;

/** `ECONNREFUSED` or `TypeError`: enough to look for, nothing to leak. */
function nameOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'failed';
  if ('code' in error && typeof error.code === 'string' && /^[A-Z0-9_]+$/.test(error.code)) return error.code;
  return 'name' in error ? String(error.name) : 'failed';
}
