import type { Random } from '../random.ts';

/** What one attempt's provider reports, once; how often and when it arrives is the network's business. */
export interface TaleReport {
  /** 0: the first attempt, on WhatsApp; 1: the second, by SMS. */
  readonly attempt: 0 | 1;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  readonly code: string;
}

/** Something that happens, but not when: the order is what must not matter. */
export type Happening = TaleReport | 'answer';

/** The life of a verification up to the order of its receipts. */
export interface Tale {
  /** Somebody asked for the next channel while the first was awaited. */
  readonly second: boolean;
  /** What the worker came back with from the last call; it races with the receipts. */
  readonly answer: 'accepted' | 'uncertain';
  readonly whileAlive: readonly Happening[];
  readonly end: 'none' | 'approved' | 'canceled';
  readonly afterwards: readonly Happening[];
}

/**
 * Failures that a provider may take back. Not a stop (an opt-out, a fraud signal): whether that comes before or after
 * "delivered" is meant to matter.
 */
const codes = { 0: ['131026', '131000', '131049'], 1: ['30003', '30005', '30006', '30007'] } as const;
const statuses = ['sent', 'delivered', 'read', 'failed'] as const;

export function anyTale(random: Random): Tale {
  const second = random() < 0.5;
  const reports = ([0, 1] as const)
    .filter((attempt) => attempt === 0 || second)
    .flatMap((attempt) =>
      statuses
        .filter(() => random() < 0.45)
        .map((status): TaleReport => ({ attempt, status, code: random.pick<string>(codes[attempt]) })),
    );
  const late = reports.filter(() => random() < 0.3);
  const early = reports.filter((report) => !late.includes(report));
  return {
    second,
    answer: random() < 0.7 ? 'accepted' : 'uncertain',
    whileAlive: ['answer', ...early],
    end: random.pick(['none', 'approved', 'canceled']),
    afterwards: [...late, ...early.filter(() => random() < 0.5)],
  };
}

/** One order of what happens: each receipt one to five times, all shuffled. */
export function anyOrder(happenings: readonly Happening[], random: Random): readonly Happening[] {
  return happenings
    .flatMap((one) => Array<Happening>(one === 'answer' ? 1 : random.int(1, 5)).fill(one))
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}
