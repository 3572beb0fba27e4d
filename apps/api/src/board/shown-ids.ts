import { createHmac, randomBytes } from 'node:crypto';
import { isHouseId } from './safe-text.ts';

/** The names the board calls jobs by. */
export interface ShownIds {
  /** The id itself when this house or BullMQ made it; else a name that tells nothing, remembered for {@link real}. */
  shown(id: string): string;
  /** The id behind a shown name. */
  real(shown: string): string;
}

const maxRemembered = 10_000;

/** A caller may have used a phone number as a job's id: such an id gets a name keyed with a secret of this process. */
export function createShownIds(): ShownIds {
  const key = randomBytes(32);
  const known = new Map<string, string>();
  return {
    shown(id) {
      // BullMQ refuses integers as a caller's id, so a number is one of its own.
      if (isHouseId(id) || /^\d{1,15}$/.test(id)) return id;
      const name = `hidden-${createHmac('sha256', key).update(id).digest('hex').slice(0, 12)}`;
      if (known.size >= maxRemembered) known.clear();
      known.set(name, id);
      return name;
    },
    real: (shown) => known.get(shown) ?? shown,
  };
}
