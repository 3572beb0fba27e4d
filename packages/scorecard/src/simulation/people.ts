import type { VerificationEvent } from '@otp-relay/core';
import type { Told } from './facts.ts';
import { tenantId } from './installation.ts';
import type { Machine } from './machine.ts';
import type { MemoryQueue } from './memory-queue.ts';
import type { Tape } from './tape.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface PeopleOptions {
  readonly tape: Tape;
  readonly time: VirtualTime;
  readonly tell: (line: string) => void;
  readonly pickMachine: () => Machine | undefined;
  readonly queue: MemoryQueue;
  readonly onTold: (told: Told) => void;
  /** Ids of verifications, in the order of their acceptance. */
  readonly ids: () => readonly string[];
  /** Cuts everybody off from Postgres or Redis for a while. */
  readonly away: (what: 'postgres' | 'redis', ms: number) => void;
}

const patienceMs = 5_000;
const clientTries = 6;
const phones = ['+14155550100', '+14155550101'] as const;

const say =
  (event: VerificationEvent) =>
  ({ tape, pickMachine, ids }: PeopleOptions): void => {
    const machine = pickMachine();
    const all = ids();
    const id = all[tape.choose(Math.max(all.length, 1))];
    if (machine && id !== undefined) machine.engine.corridor.apply({ id, event }).catch(() => undefined);
  };
const outagesMs = [1_000, 8_000, 40_000] as const;

const deeds: Readonly<Record<string, (options: PeopleOptions) => void>> = {
  approve: say({ type: 'approved' }),
  'wrong code': say({ type: 'check_failed' }),
  cancel: say({ type: 'canceled', by: 'service' }),
  next: say({ type: 'next', by: 'user' }),
  resend: say({ type: 'resend', by: 'user' }),
  'promoted bell': ({ queue }) => void queue.promote(),
  'kill -9': ({ pickMachine }) => pickMachine()?.wire.crash(),
  FLUSHALL: ({ queue }) => queue.flush(),
  'no Postgres': ({ away, tape }) => away('postgres', tape.pick(outagesMs)),
  'no Redis': ({ away, tape }) => away('redis', tape.pick(outagesMs)),
};

/** Clients that ask and ask again, users who type, operators who meddle, and the weather in the data centre. */
export function letPeopleIn(options: PeopleOptions): void {
  const { tape, time, tell } = options;
  const requests = 1 + tape.choose(3);
  for (let n = 0; n < requests; n += 1) {
    const phone = tape.pick(phones);
    const email = tape.chance(80) ? { email: 'ana@example.com' } : {};
    time.after(tape.pick([0, 10, 3_000, 30_000]), () => ask(`request-${n}`, { phone, ...email }, 0, options));
  }
  const happenings = tape.choose(7);
  for (let n = 0; n < happenings; n += 1) {
    const [name, deed] = tape.pick(Object.entries(deeds));
    time.after(tape.choose(70_000), () => {
      tell(`happens: ${name}`);
      deed(options);
    });
  }
}

/** A client keeps one Idempotency-Key until it is answered. */
function ask(key: string, to: object, before: number, options: PeopleOptions): void {
  const { time, pickMachine, onTold, tell } = options;
  let settled = false;
  const again = (): void => {
    if (settled) return;
    settled = true;
    if (before < clientTries) time.after(300 * 2 ** before, () => ask(key, to, before + 1, options));
  };
  const machine = pickMachine();
  if (!machine) {
    again();
    return;
  }
  tell(`${key} arrives at ${machine.name}`);
  machine.engine.accept({ to, purpose: 'auth' }, { tenantId, source: 'http', idempotencyKey: key }).then(
    (accepted) => {
      // Refused: a route of nothing but email, for somebody who has none. Too late: nobody listens any more.
      if (accepted.kind === 'accepted' && !settled) onTold({ key, id: accepted.id });
      settled = true;
    },
    () => again(),
  );
  time.after(patienceMs, again);
}
