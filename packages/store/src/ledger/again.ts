import { isStoreFault } from '../store-fault.ts';

const tries = 5;
/** Serialization failure and deadlock: Postgres rolled this one back so that the other could go on. */
const rolledBack = new Set(['40001', '40P01']);

/** Runs a whole transaction again when Postgres sacrificed it: nothing of it was kept, so nothing happens twice. */
export async function again<T>(transaction: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left -= 1)
    try {
      return await transaction();
    } catch (fault) {
      if (left === 0 || !isStoreFault(fault) || !rolledBack.has(fault.sqlState ?? '')) throw fault;
    }
}
