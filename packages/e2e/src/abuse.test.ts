import { expect, it } from '@jest/globals';
import { OtpClientFault } from '@otp-relay/client';
import type { VerificationView } from '@otp-relay/contracts';
import { waitFor } from '@otp-relay/testkit';
import { describeWorld, phoneBook, type World } from './world/index.ts';

const states = (verification: VerificationView): string[] =>
  verification.attempts.map((attempt) => `${attempt.channel} ${attempt.state}`);

const rules = {
  countries: ['US'],
  abuse: {},
  spend: { currency: 'EUR', prices: { sms: { default: 1 } }, dailyCaps: { channels: { sms: 8 } } },
};

describeWorld('abuse', promises, { tenant: { more: rules } });

function promises(world: () => World): void {
  const phone = phoneBook();
  const notOnWhatsApp = '01';
  const tapsDidNotRequest = '24';
  const pumpingBlocked = '06';
  const refusal = async (to: { phone: string; email?: string }): Promise<string> => {
    const fault: unknown = await world()
      .client.send({ to })
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    if (!(fault instanceof OtpClientFault)) throw new Error(`was not refused: ${fault}`);
    return `${fault.status} ${fault.code}`;
  };
  const blocks = () => world().house.store.abuse.blocks(world().tenantId);
  const decisions = () => world().house.store.abuse.decisions(world().tenantId, { since: 0, limit: 500 });

  it('sends nothing to a country the tenant did not open, nor to a number that earns its owner money', async () => {
    expect(await refusal({ phone: '+33612345678' })).toBe('422 OTP_COUNTRY_NOT_ALLOWED');
    expect(await refusal({ phone: '+19005550100' })).toBe('422 OTP_NUMBER_REFUSED');
    const refused = await decisions();
    expect(refused.map(({ outcome, reasons }) => [outcome, reasons[0]?.rule])).toEqual([
      ['refused', 'number_type'],
      ['refused', 'country_not_allowed'],
    ]);
  });

  it('a mailbox beside a phone of a closed country still gets its code', async () => {
    const id = await world().send({ to: { phone: '+33612345678', email: 'ana@example.test' } });
    const verification = await world().until('the mail', id, (v) => v.delivery === 'unconfirmed');
    expect(states(verification)).toEqual(['email accepted']);
  });

  it('"I didn’t request a code" ends the verification and lets the purpose rest for that person', async () => {
    const to = { phone: phone(tapsDidNotRequest) };
    const id = await world().send({ to });
    const verification = await world().until('the tap to be taken', id, (v) => v.status === 'canceled');
    expect(verification.status).toBe('canceled');
    await waitFor('the block', async () =>
      (await blocks()).some(({ rule }) => rule.startsWith('not_requested')),
    );
    expect(await refusal(to)).toBe('403 OTP_SUSPECTED_ABUSE');
    const signUp = await world().send({ to, purpose: 'sign_up' });
    expect((await world().get(signUp)).route).toEqual(['whatsapp', 'sms', 'email']);
  });

  it('what Twilio calls pumping (30450) gets no SMS for a while: neither the number nor its neighbours', async () => {
    const number = phone(notOnWhatsApp, pumpingBlocked);
    const id = await world().send({ to: { phone: number } });
    await world().until('the stop', id, (v) => v.delivery === 'stopped');
    await waitFor('the block', async () => (await blocks()).some(({ rule }) => rule === 'provider_fraud'));
    const neighbour = phone(notOnWhatsApp);
    expect(neighbour.slice(0, -4)).toBe(number.slice(0, -4));
    const other = await world().send({ to: { phone: neighbour, email: 'bo@example.test' } });
    const verification = await world().until('the mail', other, (v) => v.delivery === 'unconfirmed');
    expect(states(verification)).toEqual(['whatsapp undelivered', 'email accepted']);
    expect((await decisions())[0]).toMatchObject({ outcome: 'degraded', channels: ['whatsapp', 'email'] });
    expect((await world().timeline(other))[0]?.detail).toMatchObject({
      leftOut: 'sms',
      rules: 'provider_fraud: degrade',
    });
  });

  it('the fifth of numbers in a row is refused, and so is everybody next to them, until an operator lifts it', async () => {
    for (const line of ['0000', '0003', '0005', '0007'])
      await world().send({ to: { phone: `+1423555${line}` } });
    expect(await refusal({ phone: '+14235550011' })).toBe('403 OTP_SUSPECTED_ABUSE');
    expect(await refusal({ phone: '+14235559900' })).toBe('403 OTP_SUSPECTED_ABUSE');
    expect(await blocks()).toContainEqual(expect.objectContaining({ rule: 'adjacent', name: '+1423555' }));
    expect(await world().house.store.abuse.lift(world().tenantId, '+1423555')).toBe(1);
    await world().send({ to: { phone: '+14235559900' } });
  });

  it('a code that is used counts for its range', async () => {
    const to = { phone: phone('00') };
    const id = await world().send({ to });
    await world().until('the delivery', id, (v) => v.delivery === 'delivered');
    const [message] = await world().simulator.messages({ to: to.phone });
    await world().client.check(id, message?.code ?? '');
    await waitFor('the use to be noted', async () => {
      const rows = await world().house.store.withTenant(world().tenantId, (ask) =>
        ask<{ used: number }>('select sum(converted)::int as used from otp.abuse_traffic'),
      );
      return (rows[0]?.used ?? 0) >= 3;
    });
  });

  it('a budget is kept to the cent: what exceeds it is skipped, and the route goes on', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world().send({ to: { phone: phone(notOnWhatsApp), email: `p${index}@example.test` } }),
      ),
    );
    const settled = await Promise.all(
      ids.map((id) =>
        world().until(
          'the end of the route',
          id,
          (v) => ['delivered', 'unconfirmed'].includes(v.delivery),
          30_000,
        ),
      ),
    );
    const skipped = settled.filter((v) => v.attempts.some((one) => one.skipReason === 'over_budget'));
    const spent = await world().house.store.spend.list(world().tenantId, Date.now());
    expect(spent).toMatchObject([
      { bucket: 'channel:sms', spent: 8_000_000, messages: 8, withheld: skipped.length },
    ]);
    expect(skipped.length).toBeGreaterThanOrEqual(12);
    for (const verification of skipped)
      expect(states(verification)).toEqual(['whatsapp undelivered', 'sms skipped', 'email accepted']);
  }, 45_000);
}
