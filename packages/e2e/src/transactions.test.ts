import { expect, it } from '@jest/globals';
import { evidenceBundle, evidenceKeySet } from '@otp-relay/contracts';
import { verifyChain } from '@otp-relay/engine';
import { waitFor } from '@otp-relay/testkit';
import { describeWorld, type PhoneMessage, phoneBook } from './world/index.ts';

const payment = { amount: '129.90', currency: 'EUR', payee: 'Acme Books' } as const;
const lease = { documentTitle: 'Lease, flat 4', documentHash: 'deadbeef'.repeat(8) } as const;

describeWorld('transactions', (world) => {
  const phone = phoneBook();

  const messageTo = (to: string, channel: string): Promise<PhoneMessage> =>
    waitFor(`a message by ${channel}`, async () =>
      (await world().simulator.messages({ to })).find((message) => message.channel === channel),
    );

  it('a payment shows amount, currency and payee on every channel it goes by', async () => {
    // Not on WhatsApp, and the phone is off: the route is walked to its end.
    const to = { phone: phone('02', '02'), email: 'payer@example.test' };
    const id = await world().send({ to, purpose: 'payment', context: payment });
    await world().until('every channel to be tried', id, (v) => v.delivery === 'unconfirmed');
    const messages = [
      await messageTo(to.phone, 'whatsapp'),
      await messageTo(to.phone, 'sms'),
      await messageTo(to.email, 'email'),
    ];
    for (const { text, code } of messages) {
      for (const part of ['129.90', 'EUR', 'Acme Books', code ?? 'a code']) expect(text).toContain(part);
    }
    expect(new Set(messages.map(({ code }) => code)).size).toBe(1);
  });

  it('a signature skips WhatsApp, whose template cannot show it, and says why', async () => {
    const to = { phone: phone('00') };
    const id = await world().send({ to, purpose: 'signature', context: lease });
    const { attempts } = await world().until('the sms to arrive', id, (v) => v.delivery === 'delivered');
    expect(attempts.map(({ channel, state, skipReason }) => [channel, state, skipReason])).toEqual([
      ['whatsapp', 'skipped', 'context_hidden'],
      ['sms', 'delivered', null],
    ]);
    const { text } = await messageTo(to.phone, 'sms');
    expect(text).toContain('"Lease, flat 4" (deadbeef)');
    const calls = await world().simulator.calls({ to: to.phone });
    expect(calls.map(({ provider }) => provider)).toEqual(['twilio']);
  });

  it('the right code with another transaction is refused, counted, and told in the timeline alone', async () => {
    const to = { phone: phone('00') };
    const id = await world().send({ to, purpose: 'payment', context: payment });
    const { code } = await messageTo(to.phone, 'whatsapp');
    const check = (context?: object) =>
      world().client.check(id, code ?? '', context ? { context: context as Record<string, string> } : {});
    for (const other of [
      { ...payment, amount: '129.9' },
      { ...payment, amount: '9129.90' },
      { ...payment, payee: 'acme books' },
      undefined,
    ])
      expect(await check(other)).toEqual({ approved: false });
    expect(await check(payment)).toEqual({ approved: true });
    const failed = (await world().timeline(id)).filter(({ type }) => type === 'check_failed');
    expect(failed.map(({ detail }) => detail.reason)).toEqual(Array(4).fill('context'));
  });

  it('an approved signature leaves evidence that anybody can check', async () => {
    const to = { phone: phone('00') };
    const id = await world().send({ to, purpose: 'signature', context: lease });
    await world().until('the sms to arrive', id, (v) => v.delivery === 'delivered');
    const { code } = await messageTo(to.phone, 'sms');
    expect(await world().client.check(id, code ?? '', { context: lease })).toEqual({ approved: true });
    // The worker seals it by itself: nobody has to ask for it.
    const { store } = world().house;
    const chain = await waitFor('the signature to be sealed', async () => {
      const links = await store.evidence.list(world().tenantId, { mode: 'live', from: 1, limit: 10 });
      return links.find((link) => link.verificationId === id);
    });
    const get = async (path: string): Promise<unknown> => {
      const headers = { authorization: `Bearer ${world().apiKey}` };
      return (await fetch(`${world().apiUrl}${path}`, { headers })).json();
    };
    const answer = await get(`/v1/verifications/${id}/evidence`);
    const { keys } = evidenceKeySet.parse(await get('/.well-known/evidence-keys.json'));
    expect(verifyChain([answer], keys)).toMatchObject({ flaws: [], head: chain.hash.toString('hex') });
    const { record } = evidenceBundle.parse(answer);
    expect(record.document).toEqual({
      title: lease.documentTitle,
      hash: { algorithm: 'SHA-256', value: lease.documentHash },
    });
    expect(record.attempts.map(({ channel, state }) => [channel, state])).toEqual([
      ['whatsapp', 'skipped'],
      ['sms', 'delivered'],
    ]);
    expect(record.attempts[1]?.providerRef).toMatch(/^SM/);
    expect(JSON.stringify(answer)).not.toContain(code ?? '-');
    expect(JSON.stringify(answer)).not.toContain(to.phone.slice(2));
  });
});
