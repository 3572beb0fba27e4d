import type { ProviderName } from './phone/message.ts';
import { Ring } from './ring.ts';

/** One request a provider received, whatever became of it. */
export type Call = {
  readonly seq: number;
  readonly at: number;
  readonly provider: ProviderName;
  readonly account: string;
  readonly to: string;
  readonly attemptId: string | null;
  /** `accepted`, `refused`, or what was done instead of answering: `hang`, `reset`, `garbage`, `dropped`. */
  readonly outcome: string;
  /** The status answered (HTTP or SMTP); null when nothing was. */
  readonly status: number | null;
  readonly errorCode: number | string | null;
  /** Set when a message now exists at the provider, answered or not. */
  readonly messageId: string | null;
  /** How long the caller lets the provider keep this message; absent where a message cannot say. */
  readonly ttlMs?: number;
};

export type CallQuery = {
  readonly to?: string | undefined;
  readonly provider?: string | undefined;
  readonly attempt?: string | undefined;
  readonly afterSeq?: number | undefined;
  readonly afterAt?: number | undefined;
  readonly limit: number;
};

type Tally = { calls: number; created: number };

/** Every provider call in the order it came, with a count per attempt id. */
export class Calls {
  readonly #ring: Ring<Call>;
  readonly #tallies = new Map<string, Tally>();
  #seq = 0;

  constructor(capacity: number) {
    this.#ring = new Ring(capacity, (call) => this.#uncount(call));
  }

  set capacity(capacity: number) {
    this.#ring.capacity = capacity;
  }

  get total(): number {
    return this.#seq;
  }

  add(draft: Omit<Call, 'seq' | 'at'>): void {
    this.#seq += 1;
    this.#ring.push({ seq: this.#seq, at: Date.now(), ...draft });
    if (draft.attemptId !== null) {
      const tally = this.#tallies.get(draft.attemptId) ?? { calls: 0, created: 0 };
      tally.calls += 1;
      tally.created += draft.messageId === null ? 0 : 1;
      this.#tallies.set(draft.attemptId, tally);
    }
  }

  /** Oldest first; the newest `limit` that match, or the oldest when paging with `afterSeq`. */
  find(query: CallQuery): Call[] {
    const found: Call[] = [];
    for (const call of this.#ring.newestFirst()) {
      if (query.afterSeq !== undefined && call.seq <= query.afterSeq) {
        break;
      }
      if (matches(call, query)) {
        found.push(call);
      }
      if (query.afterSeq === undefined && found.length >= query.limit) {
        break;
      }
    }
    return found.reverse().slice(0, query.limit);
  }

  tallyOf(attemptId: string): Tally {
    return this.#tallies.get(attemptId) ?? { calls: 0, created: 0 };
  }

  /** Attempt ids for which at least `calls` calls came, or at least `created` messages came to exist. */
  repeated(atLeast: Tally): { attemptId: string; calls: number; created: number }[] {
    return [...this.#tallies]
      .filter(([, tally]) => tally.calls >= atLeast.calls && tally.created >= atLeast.created)
      .map(([attemptId, tally]) => ({ attemptId, ...tally }));
  }

  get attempts(): number {
    return this.#tallies.size;
  }

  clear(): void {
    this.#ring.clear();
    this.#tallies.clear();
    this.#seq = 0;
  }

  #uncount(call: Call): void {
    const tally = call.attemptId === null ? undefined : this.#tallies.get(call.attemptId);
    if (!tally || call.attemptId === null) {
      return;
    }
    tally.calls -= 1;
    tally.created -= call.messageId === null ? 0 : 1;
    if (tally.calls <= 0) {
      this.#tallies.delete(call.attemptId);
    }
  }
}

function matches(call: Call, query: CallQuery): boolean {
  return (
    (query.to === undefined || call.to === query.to) &&
    (query.provider === undefined || call.provider === query.provider) &&
    (query.attempt === undefined || call.attemptId === query.attempt) &&
    (query.afterAt === undefined || call.at > query.afterAt)
  );
}
