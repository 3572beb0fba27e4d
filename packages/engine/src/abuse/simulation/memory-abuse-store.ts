import type { AbuseBlock, AbuseDecision, Look, Looked, Sighting, Store, Use } from '@otp-relay/store';

type AbuseStore = Pick<Store['abuse'], 'watch' | 'noteUsed' | 'block' | 'record' | 'isKnown'>;

export interface MemoryAbuseStore extends AbuseStore {
  readonly decisions: readonly AbuseDecision[];
  /** Remembers a recipient who used a code before. */
  know(tenantId: string, recipientKey: Buffer): void;
  /** Remembers one more verification of a recipient that nobody approved; they are never forgotten. */
  leave(tenantId: string, recipientKey: Buffer): void;
}

interface Row {
  readonly slot: number;
  readonly tenantId: string;
  sends: number;
  converted: number;
  readonly lines: number[];
  readonly usedLines: number[];
}

const maxLines = 16;
const idOf = (tenantId: string, key: Buffer): string => `${tenantId} ${key.toString('hex')}`;

/**
 * What the store keeps about abuse, in memory, for the simulation: days of traffic pass in seconds. It counts as Postgres
 * does; a test plays the same traffic to both.
 */
export function createMemoryAbuseStore(): MemoryAbuseStore {
  const traffic = new Map<string, Row[]>();
  const blocks = new Map<string, { block: AbuseBlock; until: number }>();
  const known = new Set<string>();
  const unapproved = new Map<string, number>();
  const decisions: AbuseDecision[] = [];

  function rowOf(key: Buffer, slot: number, tenantId: string): Row {
    const name = key.toString('hex');
    const rows = traffic.get(name) ?? [];
    traffic.set(name, rows);
    const found = rows.findLast((row) => row.slot === slot && row.tenantId === tenantId);
    if (found) return found;
    const row: Row = { slot, tenantId, sends: 0, converted: 0, lines: [], usedLines: [] };
    // Slots come nearly in order; a use belongs to a slot that has passed.
    const after = rows.findLastIndex((one) => one.slot <= slot);
    rows.splice(after + 1, 0, row);
    return row;
  }
  const standing = (tenantId: string, key: Buffer, now: number): string[] =>
    [...blocks.values()].flatMap(({ block, until }) =>
      block.tenantId === tenantId && until > now && block.key.equals(key) ? [block.rule] : [],
    );
  const note = ({ key, slot, tenantId, count, lines }: Sighting): void => {
    const row = rowOf(key, slot, tenantId);
    row.sends += count;
    if (row.lines.length < maxLines) row.lines.push(...lines.slice(0, maxLines));
  };
  return {
    decisions,
    know: (tenantId, recipientKey) => void known.add(idOf(tenantId, recipientKey)),
    leave(tenantId, recipientKey) {
      const id = idOf(tenantId, recipientKey);
      unapproved.set(id, (unapproved.get(id) ?? 0) + 1);
    },
    async watch(sightings, looks, held, now, people = []) {
      const looked = looks.map((look) => lookAt(traffic.get(look.key.toString('hex')) ?? [], look));
      const found = held.flatMap(({ tenantId, key }) =>
        standing(tenantId, key, now).map((rule) => ({ tenantId, key, rule })),
      );
      for (const sighting of sightings) note(sighting);
      return {
        looked,
        standing: found,
        unapproved: people.map((one) => unapproved.get(idOf(one.tenantId, one.recipientKey)) ?? 0),
      };
    },
    async noteUsed(uses: readonly Use[]) {
      for (const { key, slot, tenantId, line } of uses) {
        const row = rowOf(key, slot, tenantId);
        row.converted += 1;
        if (line !== null) row.usedLines.push(line);
      }
    },
    async block(fresh) {
      for (const block of fresh) {
        const id = `${idOf(block.tenantId, block.key)} ${block.rule}`;
        blocks.set(id, { block, until: Math.max(blocks.get(id)?.until ?? 0, block.until) });
      }
    },
    async record(fresh) {
      decisions.push(...fresh);
    },
    isKnown: async (tenantId, recipientKey) => known.has(idOf(tenantId, recipientKey)),
  };
}

function lookAt(rows: readonly Row[], { tenantId, since, settledSlot }: Look): Looked {
  const zero = () => ({ sends: 0, converted: 0, settledSends: 0, settledConverted: 0 });
  const [own, all] = [zero(), zero()];
  const [lines, usedLines]: [number[], number[]] = [[], []];
  const tenants = new Set<string>();
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index];
    if (!row || row.slot < since) break;
    const isOwn = row.tenantId === tenantId;
    tenants.add(row.tenantId);
    for (const sum of isOwn ? [own, all] : [all]) {
      sum.sends += row.sends;
      sum.converted += row.converted;
      if (row.slot > settledSlot) continue;
      sum.settledSends += row.sends;
      sum.settledConverted += row.converted;
    }
    if (!isOwn) continue;
    lines.push(...row.lines);
    usedLines.push(...row.usedLines);
  }
  return { own, all, tenants: tenants.size, lines, usedLines };
}
