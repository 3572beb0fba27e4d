import { type AbuseBlock, type AbuseDecision, isStoreFault, type Store } from '@otp-relay/store';
import { createBatcher } from '../batcher.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** What is written down about one request. */
export interface Entry {
  readonly decision?: AbuseDecision;
  readonly blocks: readonly AbuseBlock[];
}

export interface Registrar {
  /** Resolves once it is committed. */
  write(entry: Entry): Promise<void>;
  drain(): Promise<void>;
}

type RegistrarStore = { readonly abuse: Pick<Store['abuse'], 'block' | 'record'> };

/** One that was prolonged this recently need not be again: an attack asks hundreds of times a second. */
const prolongEveryMs = 60_000;
const maxRemembered = 10_000;

/** Writes decisions and blocks down, many at a time. Requests no rule had anything to say about never get here. */
export function createRegistrar(store: RegistrarStore, clock: Pick<Clock, 'now'>, log: Log): Registrar {
  const prolonged = new Map<string, number>();
  const alarm = ({ tenantId, rule, name, until, detail }: AbuseBlock): void =>
    log.warn(
      { tenant: tenantId, rule, against: name, until, ...detail },
      'a rule against abuse holds somebody back',
    );
  const isDue = (block: AbuseBlock, now: number): boolean => {
    const id = `${block.tenantId} ${block.rule} ${block.key.toString('base64')}`;
    const last = prolonged.get(id);
    if (last !== undefined && now - last < prolongEveryMs) return false;
    if (last === undefined) alarm(block);
    if (prolonged.size >= maxRemembered) prolonged.clear();
    prolonged.set(id, now);
    return true;
  };
  const batcher = createBatcher<Entry, undefined>({
    max: 500,
    isShared: (fault) => isStoreFault(fault) && fault.retryable,
    async run(entries) {
      const now = clock.now();
      await Promise.all([
        store.abuse.block(
          entries.flatMap((entry) => entry.blocks.filter((block) => isDue(block, now))),
          now,
        ),
        store.abuse.record(entries.flatMap(({ decision }) => decision ?? [])),
      ]);
      return { results: entries.map(() => undefined) };
    },
  });
  return { write: async (entry) => void (await batcher.add(entry)), drain: () => batcher.drain() };
}
