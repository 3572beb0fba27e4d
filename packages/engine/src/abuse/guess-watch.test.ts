import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createPepper } from '@otp-relay/vault';
import { createGuardedFetch } from '../outgoing/guarded-fetch.ts';
import { createAbuse } from './create-abuse.ts';
import { createMemoryAbuseStore } from './simulation/memory-abuse-store.ts';
import { type Asked, asked, far, left } from './testing/asked.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

function world() {
  const store = createMemoryAbuseStore();
  const alarms: object[] = [];
  const at = { now: Date.UTC(2026, 0, 5) };
  const process = () =>
    createAbuse({
      store: { abuse: store },
      pepper: createPepper(randomBytes(32).toString('base64')),
      outgoing: createGuardedFetch(),
      clock: { now: () => at.now },
      log: { debug() {}, info() {}, warn: (about: object) => void alarms.push(about), error() {} },
      tally: { abuse() {} },
    });
  return { store, alarms, at, process };
}
type Process = ReturnType<ReturnType<typeof world>['process']>;

/** Checks of a tenant, counted and written. */
async function checks(abuse: Process, count: number, right: number, it: Asked = {}): Promise<void> {
  const { tenant } = asked({ phone: far(0), ...it });
  for (let index = 0; index < count; index += 1) abuse.guesses.note(tenant, index < right);
  await abuse.drain();
}
const rules = (mode: string): Asked => ({ more: { abuse: { rules: { wrong_checks: mode } } } });

describe('somebody who guesses at many people’s codes', () => {
  it('is seen within a minute, told of in every check, stored with its reasons, and over after a while', async () => {
    const { store, alarms, at, process } = world();
    const abuse = process();
    await checks(abuse, 200, 0, { more: { abuse: { limits: { wrongChecksTimes: 1_000 } } } });
    expect(abuse.guesses.isSuspected('acme')).toBe(false);
    await checks(abuse, 1, 0);
    expect(abuse.guesses.isSuspected('acme')).toBe(true);
    expect(abuse.guesses.isSuspected('globex')).toBe(false);
    expect(store.decisions).toMatchObject([
      {
        tenantId: 'acme',
        outcome: 'monitored',
        recipientMasked: 'everybody',
        verificationId: null,
        reasons: [{ rule: 'wrong_checks', mode: 'monitor', detail: { wrongInMinute: 201 } }],
      },
    ]);
    await checks(abuse, 500, 0);
    expect(store.decisions).toHaveLength(1);
    expect(alarms).toMatchObject([{ tenant: 'acme', rule: 'wrong_checks', against: 'checks' }]);
    at.now += 11 * minuteMs;
    expect(abuse.guesses.isSuspected('acme')).toBe(false);
    await checks(abuse, 100, 95);
    expect(abuse.guesses.isSuspected('acme')).toBe(false);
  });

  it('is seen by many more wrong ones than usual, by every process together', async () => {
    const { at, store, process } = world();
    const [one, other] = [process(), process()];
    for (let day = 0; day < 7; day += 1) {
      await checks(one, 100, 95);
      at.now += dayMs;
    }
    expect(store.decisions).toEqual([]);
    await checks(one, 40, 35);
    await checks(other, 40, 30);
    expect(other.guesses.isSuspected('acme')).toBe(true);
    expect(store.decisions).toMatchObject([
      { reasons: [{ detail: { checks: 80, wrong: 0.188, usual: 0.05 } }] },
    ]);
    expect(one.guesses.isSuspected('acme')).toBe(false);
    await checks(one, 1, 1);
    expect(one.guesses.isSuspected('acme')).toBe(true);
    expect(store.decisions).toHaveLength(1);
  });

  it('stops codes only where the tenant says so, for people who are known, too', async () => {
    const { at, store, process } = world();
    const [api, worker] = [process(), process()];
    const ask = async (it: Asked) => left(await worker.screen(asked({ phone: far(1), ...it })));
    expect(await ask(rules('block'))).toBe('whatsapp sms email');
    await checks(api, 300, 0);
    at.now += 5_000;
    expect(await ask({})).toBe('whatsapp sms email');
    expect(await ask(rules('degrade'))).toBe('whatsapp email');
    expect(await ask(rules('block'))).toBe('OTP_SUSPECTED_ABUSE');
    expect(left(await worker.screen(asked({ email: 'ana@example.com', ...rules('block') })))).toBe(
      'OTP_SUSPECTED_ABUSE',
    );
    expect(await ask({ ...rules('block'), mode: 'test' })).toBe('whatsapp sms email');
    expect(store.decisions.map(({ outcome }) => outcome)).toEqual([
      'monitored',
      'degraded',
      'refused',
      'refused',
    ]);
    at.now += 11 * minuteMs;
    expect(await ask(rules('block'))).toBe('whatsapp sms email');
  });

  it('is nobody’s business where the rule is off', async () => {
    const { store, process } = world();
    const abuse = process();
    await checks(abuse, 1_000, 0, rules('allow'));
    expect(abuse.guesses.isSuspected('acme')).toBe(false);
    expect(store.decisions).toEqual([]);
  });
});
