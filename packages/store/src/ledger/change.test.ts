import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Transition, transition, type Verification, type VerificationEvent } from '@otp-relay/core';
import fc from 'fast-check';
import { openStore } from '../index.ts';
import { newVerification } from '../testing/new-verification.ts';
import { type TestStore, testStore } from '../testing/test-store.ts';

describe('ledger.change', () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await testStore();
  });
  afterAll(() => test.stop());

  const inserted = async (count: number): Promise<string[]> => {
    const rows = Array.from({ length: count }, () => newVerification());
    await test.store.ledger.insert(rows);
    return rows.map((row) => row.verification.id);
  };
  const read = async (id: string): Promise<Verification | undefined> =>
    (await test.store.verification.get('acme', id))?.verification;

  it('gives the row, its material and the clock of Postgres, and resolves to before and after', async () => {
    const row = newVerification();
    await test.store.ledger.insert([row]);
    const { id } = row.verification;
    const started = (await test.store.now()) - 1;
    const changed = await test.store.ledger.change(
      [id, `vrf_${'0'.repeat(26)}`],
      ({ verification, material }, now) => {
        expect(verification).toEqual(row.verification);
        expect(material).toEqual(row.material);
        expect(now).toBeGreaterThan(started);
        return transition(
          verification,
          { type: 'started', attemptId: verification.currentId!, claim: 'c1' },
          now,
        );
      },
    );
    expect([...changed.keys()]).toEqual([id]);
    expect(changed.get(id)?.before).toEqual(row.verification);
    expect(changed.get(id)?.after).toMatchObject({
      delivery: 'sending',
      attempts: [{ state: 'sending', claim: 'c1' }],
    });
    expect(await read(id)).toEqual(changed.get(id)?.after);
  });

  it('erases the code in the commit that makes it final, and keeps the rest', async () => {
    const [id = ''] = await inserted(1);
    await test.store.ledger.change([id], ({ verification }, now) =>
      transition(verification, { type: 'approved' }, now),
    );
    const changed = await test.store.ledger.change([id], (row) => {
      expect(row.material.sealedCode).toBeNull();
      expect(row.material.codeMac).toHaveLength(32);
      return { verification: row.verification, entries: [] };
    });
    expect(changed.get(id)?.after).toMatchObject({ status: 'approved', deadlineAt: null });
  });

  it('writes nothing when nothing changed', async () => {
    const [id = ''] = await inserted(1);
    const version = async (): Promise<unknown> =>
      (await test.admin.query('select xmin, ctid from otp.verifications where id = $1', [id])).rows[0];
    const before = await version();
    await test.store.ledger.change([id], ({ verification }) => ({ verification, entries: [] }));
    // `for no key update` leaves its mark in xmax only.
    expect(await version()).toEqual(before);
    expect(await test.store.ledger.change([], neverCalled)).toEqual(new Map());
  });

  describe('from memory', () => {
    type Row = { readonly verification: Verification };
    const started = ({ verification }: Row, now: number) =>
      transition(verification, { type: 'started', attemptId: verification.currentId!, claim: 'c1' }, now);
    const accepted = ({ verification }: Row, now: number) => {
      const answer = { type: 'accepted', claim: 'c1', providerRef: 'wamid.1' } as const;
      return transition(verification, { ...answer, attemptId: verification.currentId! }, now);
    };
    const trusting = (id: string, now: number) => ({ ids: new Set([id]), now });
    /** A row that this process was granted: it remembers it until the provider answers. */
    const granted = async (): Promise<string> => {
      const [id = ''] = await inserted(1);
      await test.store.ledger.change([id], started);
      return id;
    };

    it('writes what it remembers of a row in one statement, by the clock it is told', async () => {
      const id = await granted();
      const now = await test.store.now();
      const reduce = (row: Row, at: number) => {
        expect(at).toBe(now);
        return accepted(row, at);
      };
      const changed = await test.store.ledger.change([id], reduce, trusting(id, now));
      expect(changed.get(id)?.after).toMatchObject({ delivery: 'awaiting', attempts: [{ acceptedAt: now }] });
      expect(await read(id)).toEqual(changed.get(id)?.after);
      const lines = await test.store.verification.timeline('acme', id);
      expect(lines.filter((line) => line.type === 'attempt_accepted')).toHaveLength(1);
    });

    it('decides by the row when somebody else wrote it meanwhile, and remembers that', async () => {
      const id = await granted();
      const other = openStore({ url: test.url, maxConnections: 2 });
      try {
        await other.ledger.change([id], accepted);
        const seen: string[] = [];
        const cancel = ({ verification }: { verification: Verification }, now: number) => {
          seen.push(verification.delivery);
          return transition(verification, { type: 'canceled', by: 'user' }, now);
        };
        const changed = await test.store.ledger.change([id], cancel, trusting(id, await test.store.now()));
        expect(seen).toEqual(['sending', 'awaiting']);
        expect(changed.get(id)?.after).toMatchObject({ status: 'canceled', attempts: [{ claim: 'c1' }] });
        expect(await read(id)).toEqual(changed.get(id)?.after);
      } finally {
        await other.close();
      }
    });

    it('forgets a row once the provider answered, and remembers it again when a receipt comes', async () => {
      const id = await granted();
      const at: number[] = [];
      const then = (await test.store.now()) - 1;
      const apply = (reduce: typeof accepted) =>
        test.store.ledger.change(
          [id],
          (row, now) => {
            at.push(now);
            return reduce(row, now);
          },
          trusting(id, then),
        );
      const reported = (status: 'sent' | 'delivered') => (row: Row, now: number) =>
        transition(
          row.verification,
          { type: 'receipt', attemptId: row.verification.currentId!, status },
          now,
        );
      await apply(accepted);
      await apply(reported('sent'));
      await apply(reported('delivered'));
      expect(at.map((now) => now === then)).toEqual([true, false, true]);
    });

    it('looks at the row before it believes that an event means nothing', async () => {
      const id = await granted();
      const seen: number[] = [];
      const now = await test.store.now();
      await test.store.ledger.change(
        [id],
        ({ verification }, at) => {
          seen.push(at);
          return { verification, entries: [] };
        },
        trusting(id, now - 60_000),
      );
      expect(seen[0]).toBe(now - 60_000);
      expect(seen[1]).toBeGreaterThanOrEqual(now);
    });
  });

  it.each([
    ['locking them', false],
    ['deciding from memory', true],
  ])(
    'loses no change and deadlocks nowhere when two processes race over the same rows, %s',
    async (_, trusts) => {
      const ids = await inserted(12);
      const other = openStore({ url: test.url, maxConnections: 4 });
      const rounds = 15;
      const shuffled = (): string[] => [...ids].sort(() => Math.random() - 0.5).slice(0, 8);
      let expected = 0;
      const race = async (store: typeof other): Promise<void> => {
        for (let round = 0; round < rounds; round += 1) {
          const batch = shuffled();
          expected += batch.length;
          await store.ledger.change(
            batch,
            ({ verification }, now) => ({
              verification: { ...verification, stepStartedAt: verification.stepStartedAt + 1 },
              entries: [{ type: 'next', attemptId: null, at: now, detail: { round } }],
            }),
            trusts ? { ids: new Set(batch), now: Date.now() } : undefined,
          );
        }
      };
      const startedAt = new Map(
        await Promise.all(ids.map(async (id) => [id, (await read(id))!.stepStartedAt] as const)),
      );
      await Promise.all([race(test.store), race(other), race(test.store), race(other)]);
      await other.close();
      let added = 0;
      for (const id of ids) added += (await read(id))!.stepStartedAt - startedAt.get(id)!;
      expect(added).toBe(expected);
      const { rows } = await test.admin.query(
        `select count(*)::int as n from otp.events where verification_id = any($1) and type = 'next'`,
        [ids],
      );
      expect(rows[0].n).toBe(expected);
    },
  );

  it('is undone as a whole when reduce throws', async () => {
    const [one = '', two = ''] = (await inserted(2)).sort();
    const before = await read(one);
    const fault = test.store.ledger.change([one, two], ({ verification }, now) => {
      if (verification.id === two) throw new RangeError('reduce broke');
      return transition(verification, { type: 'canceled', by: 'operator' }, now);
    });
    await expect(fault).rejects.toThrow('reduce broke');
    expect(await read(one)).toEqual(before);
  });

  it('reads back what it wrote, whatever happens to a verification', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 12 }), async (happenings) => {
        const [id = ''] = await inserted(1);
        let after: Verification | undefined;
        let entries = 0;
        for (const one of happenings) {
          const changed = await test.store.ledger.change([id], ({ verification }, now) => {
            const step: Transition = transition(verification, eventOf(one, verification), now + one.laterMs);
            entries += step.entries.length;
            return step;
          });
          after = changed.get(id)?.after;
          expect(await read(id)).toEqual(storableOf(after!));
        }
        expect((await test.store.verification.timeline('acme', id)).length).toBe(entries + 2);
        expect(after?.status === 'pending').toBe(after?.deadlineAt !== null);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

const neverCalled = (): never => {
  throw new Error('nothing to reduce');
};

const text = fc.string({ unit: 'binary', maxLength: 12 });
const failure = fc.record({
  kind: fc.constantFrom(
    'connect_failed',
    'not_on_whatsapp',
    'invalid_number',
    'auth_failed',
    'opted_out',
    'unknown',
  ),
  scope: fc.constantFrom('recipient', 'account'),
  code: text,
  detail: text,
} as const);
const happening = fc.record({
  pick: fc.nat(),
  laterMs: fc.constantFrom(0, 10, 6_000, 30_000, 700_000),
  what: fc.constantFrom(
    'started',
    'accepted',
    'refused',
    'uncertain',
    'sent',
    'delivered',
    'read',
    'failed',
    'deadline',
    'approved',
    'check_failed',
    'canceled',
    'next',
    'resend',
  ),
  failure,
  ref: text,
} as const);

/** An event for one of the attempts there are. */
function eventOf(
  { pick, what, failure, ref }: typeof happening extends fc.Arbitrary<infer T> ? T : never,
  verification: Verification,
): VerificationEvent {
  const attempt = verification.attempts[pick % verification.attempts.length]!;
  const attemptId = what === 'started' ? verification.currentId! : attempt.id;
  const claim = attempt.claim ?? 'claim';
  switch (what) {
    case 'started':
      return { type: 'started', attemptId, claim: `claim-${pick}` };
    case 'accepted':
      return { type: 'accepted', attemptId, claim, providerRef: ref };
    case 'refused':
    case 'uncertain':
      return { type: what, attemptId, claim, failure };
    case 'sent':
    case 'delivered':
    case 'read':
      return { type: 'receipt', attemptId, status: what, providerRef: ref };
    case 'failed':
      return { type: 'receipt', attemptId, status: 'failed', failure };
    case 'deadline':
      return { type: 'deadline_reached' };
    case 'approved':
    case 'check_failed':
      return { type: what };
    default:
      return { type: what, by: 'operator' };
  }
}

/** Postgres takes no NUL and no half surrogate; nothing else may differ. */
function storableOf(verification: Verification): Verification {
  const clean = (given: string): string => Buffer.from(given.replaceAll('\0', '')).toString();
  return {
    ...verification,
    attempts: verification.attempts.map((attempt) => ({
      ...attempt,
      providerRef: attempt.providerRef === null ? null : clean(attempt.providerRef),
      failure: attempt.failure && {
        ...attempt.failure,
        ...(attempt.failure.code !== undefined && { code: clean(attempt.failure.code) }),
        ...(attempt.failure.detail !== undefined && { detail: clean(attempt.failure.detail) }),
      },
    })),
  };
}
