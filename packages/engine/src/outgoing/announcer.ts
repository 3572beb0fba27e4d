import { publishedTypeOf } from '@otp-relay/contracts';
import type { Effect, Verification } from '@otp-relay/core';
import type { EventBell, Producer } from '@otp-relay/queue';
import type { Material, OutboxRow, Store } from '@otp-relay/store';
import { createId } from '@otp-relay/vault';
import type { Log } from '../log.ts';
import { eventDataOf } from './event-data.ts';

/** Tells tenants what happens: knows who listens, and writes down what each is to be told. */
export interface Announcer {
  /** What the commit of a change has to write; nothing, at no cost, for a tenant without webhooks. */
  rowsOf(
    verification: Verification,
    effects: readonly Effect[],
    about: Pick<Material, 'mode' | 'createdAt'>,
    now: number,
  ): readonly OutboxRow[];
  /** After that commit: wakes whoever delivers. May be lost; rows that are due are found without it. */
  ring(rows: readonly OutboxRow[]): Promise<void>;
  /** Reads everybody's webhooks; until then nobody is told. */
  load(): Promise<void>;
  /** Reads a tenant's webhooks again. */
  refresh(tenantId: string): void;
}

export interface AnnouncerPorts {
  readonly store: { readonly webhooks: Pick<Store['webhooks'], 'list'> };
  readonly producer: Pick<Producer, 'publish'>;
  readonly log: Log;
}

interface Listener {
  readonly id: string;
  /** Null: every type. */
  readonly types: ReadonlySet<string> | null;
}

const none: readonly OutboxRow[] = [];

/** Keeps who listens in memory: a change is committed without asking. */
export function createAnnouncer({ store, producer, log }: AnnouncerPorts): Announcer {
  const listeners = new Map<string, readonly Listener[]>();

  async function read(tenantId: string | null): Promise<void> {
    const found = new Map<string, Listener[]>();
    for (const { tenantId: tenant, id, events, state } of await store.webhooks.list(tenantId)) {
      if (state !== 'enabled') continue;
      const own = found.get(tenant) ?? [];
      found.set(tenant, own);
      own.push({ id, types: events && new Set(events) });
    }
    if (tenantId === null) listeners.clear();
    else listeners.delete(tenantId);
    for (const [tenant, own] of found) listeners.set(tenant, own);
  }

  const stale = new Set<string>();
  let isReading = false;
  async function readStale(): Promise<void> {
    isReading = true;
    while (stale.size > 0) {
      const [first = null] = stale;
      const which = stale.size === 1 ? first : null;
      stale.clear();
      await read(which).catch((err: unknown) =>
        log.warn(
          { err, tenant: which },
          'the webhooks of a tenant could not be read; the next change tries again',
        ),
      );
    }
    isReading = false;
  }

  return {
    load: () => read(null),
    rowsOf(verification, effects, about, now) {
      const own = listeners.get(verification.tenantId);
      if (!own) return none;
      return effects.flatMap((effect) => {
        if (effect.type !== 'publish') return [];
        const type = publishedTypeOf(effect.event);
        const told = own.filter(({ types }) => types === null || types.has(type));
        if (told.length === 0) return [];
        const event = {
          id: createId('evt'),
          tenantId: verification.tenantId,
          type,
          verificationId: verification.id,
          at: now,
          data: eventDataOf(verification, effect.attemptId, about),
        };
        return told.map(({ id }) => ({ webhook: id, ...event }));
      });
    },
    ring(rows) {
      const bells = new Map<string, EventBell>();
      for (const { tenantId: tenant, webhook } of rows)
        bells.set(`${tenant}/${webhook}`, { tenant, webhook });
      return producer.publish([...bells.values()]);
    },
    refresh(tenantId) {
      stale.add(tenantId);
      if (!isReading) void readStale();
    },
  };
}
