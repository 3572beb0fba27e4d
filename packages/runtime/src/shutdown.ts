import type { Logger } from './create-logger.ts';

/** What shutdown needs of `process`; tests pass an event emitter of their own. */
export interface ProcessLike {
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
}

export interface Shutdown {
  /** Registers what to stop; what was registered last stops first. `timeoutMs` bounds this step. */
  onStop(name: string, stop: () => unknown, options?: { timeoutMs?: number }): void;
  /** Aborted when stopping begins, for loops that should not start another round. */
  readonly signal: AbortSignal;
  /** Stops everything once and exits, with 0 when all steps ended well; further calls give the same promise. */
  stop(reason: string, exitCode?: number): Promise<void>;
  /** Takes the handlers off the process. */
  release(): void;
}

interface Step {
  readonly name: string;
  readonly stop: () => unknown;
  readonly timeoutMs: number;
}

const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Stops a process in order on SIGTERM, SIGINT or a fault nobody caught; a second signal exits at once (128 + signal number).
 * `timeoutMs` bounds the whole; a step gets at most half of what is left, so that those after it have their turn too.
 */
export function shutdown(options: { log: Logger; timeoutMs?: number; process?: ProcessLike }): Shutdown {
  const { log, timeoutMs = 10_000 } = options;
  const host: ProcessLike = options.process ?? process;
  const steps: Step[] = [];
  const controller = new AbortController();
  let stopping: Promise<void> | undefined;

  async function run(reason: string, exitCode: number): Promise<void> {
    controller.abort();
    log.info({ reason, steps: steps.length }, 'stopping');
    const endsAt = performance.now() + timeoutMs;
    let failed = false;
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const leftMs = Math.max(0, endsAt - performance.now());
      const share = steps.length === 0 ? leftMs : leftMs / 2;
      if (!(await runStep(step, Math.min(step.timeoutMs, share), log))) failed = true;
    }
    log.info({ reason }, 'stopped');
    host.exit(failed ? Math.max(exitCode, 1) : exitCode);
  }
  const stop = (reason: string, exitCode = 0): Promise<void> => {
    stopping ??= run(reason, exitCode);
    return stopping;
  };
  const onSignal = (signal: keyof typeof signalNumbers) => (): void => {
    if (stopping === undefined) void stop(signal);
    else host.exit(128 + signalNumbers[signal]);
  };
  const onFault =
    (event: string) =>
    (err: unknown): void => {
      log.fatal({ err, event }, 'a fault nobody caught');
      void stop(event, 1);
    };
  const handlers: readonly (readonly [string, (value: unknown) => void])[] = [
    ['SIGTERM', onSignal('SIGTERM')],
    ['SIGINT', onSignal('SIGINT')],
    ['uncaughtException', onFault('uncaughtException')],
    ['unhandledRejection', onFault('unhandledRejection')],
  ];
  for (const [event, handler] of handlers) host.on(event, handler);

  return {
    onStop: (name, stopStep, { timeoutMs: ownMs = Number.POSITIVE_INFINITY } = {}) => {
      steps.push({ name, stop: stopStep, timeoutMs: ownMs });
    },
    signal: controller.signal,
    stop,
    release: () => {
      for (const [event, handler] of handlers) host.off(event, handler);
    },
  };
}

/** True when the step ended well and in time; a step that fails or hangs never keeps the others from stopping. */
async function runStep({ name, stop }: Step, boundMs: number, log: Logger): Promise<boolean> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, boundMs, 'late');
  });
  const ended = Promise.resolve()
    .then(stop)
    .then(
      () => 'ended' as const,
      (err: unknown) => ({ err }),
    );
  const outcome = await Promise.race([ended, late]);
  clearTimeout(timer);
  const ms = Math.round(performance.now() - startedAt);
  if (outcome === 'ended') log.debug({ step: name, ms }, 'step stopped');
  else if (outcome === 'late') log.error({ step: name, ms }, 'step did not stop in time');
  else log.error({ step: name, ms, err: outcome.err }, 'step failed to stop');
  return outcome === 'ended';
}
