import type { Effect, Verification } from '@otp-relay/core';
import { classOf, explain } from '@otp-relay/core';
import { type Bell, bellIdOf, type SendRequest } from '@otp-relay/queue';
import type { OutboxRow } from '@otp-relay/store';
import type { Unwanted } from './bells.ts';
import type { Ports } from './ports.ts';

/** The effects one commit left to do for one verification. */
export interface Doing {
  readonly verification: Verification;
  readonly effects: readonly Effect[];
  /** What the same commit wrote for webhooks. */
  readonly published?: readonly OutboxRow[];
}

/**
 * Runs the effects of a batch, each kind in one bulk call. A lost effect is counted and logged, never thrown:
 * the change is committed, and the deadline finds what was left undone.
 */
export async function runEffects(
  doing: readonly Doing[],
  ports: Pick<Ports, 'producer' | 'bells' | 'announcer' | 'log' | 'tally'>,
): Promise<void> {
  const { announcer } = ports;
  const published = announcer ? doing.flatMap((one) => one.published ?? []) : [];
  const enqueue: SendRequest[] = [];
  const arm = new Map<string, Bell>();
  const disarm: Unwanted[] = [];
  for (const { verification, effects } of doing)
    for (const effect of effects) {
      const job = { tenant: verification.tenantId, verification: verification.id };
      switch (effect.type) {
        case 'enqueue':
          enqueue.push({
            channel: effect.channel,
            job: { v: 1, ...job, attempt: effect.attemptId },
            delayMs: effect.delayMs,
          });
          break;
        case 'arm': {
          const bell = { attempt: effect.attemptId, dueAt: effect.at, ...job };
          arm.set(bellIdOf(bell), bell);
          break;
        }
        case 'disarm': {
          const bell = {
            attempt: effect.attemptId,
            dueAt: effect.at,
            since: answeredAt(verification, effect),
          };
          // Armed and disarmed within one batch: the bell was never hung.
          if (!arm.delete(bellIdOf(bell))) disarm.push(bell);
          break;
        }
        case 'publish':
          tell(verification, effect, ports);
          break;
        case 'alert':
          alert(verification, effect, ports);
          break;
      }
    }
  await Promise.all([
    enqueue.length > 0 && attempt('enqueue', ports, () => ports.producer.enqueue(enqueue)),
    arm.size > 0 && attempt('arm', ports, () => ports.bells.arm([...arm.values()])),
    disarm.length > 0 && attempt('disarm', ports, () => ports.bells.disarm(disarm)),
    published.length > 0 && announcer && attempt('publish', ports, () => announcer.ring(published)),
  ]);
}

/** When the bell was wanted: at the provider's answer. Unknown: long ago. */
const answeredAt = (verification: Verification, { attemptId }: { readonly attemptId: string }): number =>
  verification.attempts.find((one) => one.id === attemptId)?.acceptedAt ?? 0;

async function attempt(
  type: string,
  ports: Pick<Ports, 'log' | 'tally'>,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (fault) {
    ports.tally.effectLost(type);
    ports.log.warn({ err: fault, effect: type }, 'the queue is away; the sweeper will make up for it');
  }
}

function tell(
  verification: Verification,
  effect: Extract<Effect, { type: 'publish' }>,
  ports: Pick<Ports, 'log' | 'tally'>,
): void {
  const attempt = verification.attempts.find((a) => a.id === effect.attemptId);
  if (attempt) {
    ports.tally.attempt(attempt.channel, attempt.provider, attempt.state);
    if (effect.event === 'attempt_failed' && attempt.failure)
      ports.tally.failure(attempt.provider, attempt.failure.kind);
  }
  ports.log.debug(
    { verification: verification.id, attempt: effect.attemptId, event: effect.event },
    effect.event,
  );
}

/** A failure the operator must mend: the tenant's account, sender or template, or a fraud signal. */
function alert(
  verification: Verification,
  effect: Extract<Effect, { type: 'alert' }>,
  ports: Pick<Ports, 'log'>,
): void {
  const { failure } = effect;
  const attempt = verification.attempts.find((a) => a.id === effect.attemptId);
  ports.log.error(
    {
      tenant: verification.tenantId,
      account: attempt?.account,
      provider: attempt?.provider,
      failure: failure.kind,
      class: classOf(failure),
      scope: failure.scope,
      providerCode: failure.code,
    },
    explain(failure),
  );
}
