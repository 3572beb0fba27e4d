import { expect, it } from '@jest/globals';
import type { VerificationView } from '@otp-relay/contracts';
import { describeWorld, phoneBook } from './world/index.ts';

const states = (verification: VerificationView): string[] =>
  verification.attempts.map((attempt) => `${attempt.channel} ${attempt.state}`);
const delivered = (verification: VerificationView): boolean => verification.delivery === 'delivered';

describeWorld('delivery', (world) => {
  const phone = phoneBook();
  const send = (whatsapp: string, sms?: string, email?: string): Promise<string> =>
    world().send({ to: { phone: phone(whatsapp, sms), ...(email !== undefined && { email }) } });
  const settled = async (id: string, condition = delivered): Promise<VerificationView> =>
    world().until('the delivery to settle', id, condition);
  const callsOf = async (verification: VerificationView): Promise<number> => {
    const calls = await Promise.all(
      verification.attempts.map((a) => world().simulator.calls({ attempt: a.id })),
    );
    return calls.flat().length;
  };

  it('delivers on whatsapp and stops there', async () => {
    const verification = await settled(await send('00'));
    expect(states(verification)).toEqual(['whatsapp delivered']);
    expect(verification.attempts[0]).toMatchObject({ provider: 'meta-whatsapp', account: 'wa', try: 1 });
  });

  it('falls back to sms at once when the number is not on whatsapp', async () => {
    const startedAt = Date.now();
    const verification = await settled(await send('01'));
    expect(states(verification)).toEqual(['whatsapp undelivered', 'sms delivered']);
    expect(verification.attempts[0]?.failure).toMatchObject({ kind: 'not_on_whatsapp', code: '131026' });
    expect(Date.now() - startedAt).toBeLessThan(1_900);
  });

  it('falls back to sms when whatsapp is silent', async () => {
    const verification = await settled(await send('02'));
    expect(states(verification)).toEqual(['whatsapp timed_out', 'sms delivered']);
    const [whatsapp, sms] = verification.attempts;
    const waited = Date.parse(sms?.queuedAt ?? '') - Date.parse(whatsapp?.acceptedAt ?? '');
    expect(waited).toBeGreaterThanOrEqual(2_000);
    expect(waited).toBeLessThan(2_600);
  });

  it('falls back to email when every phone channel fails, and calls plain smtp unconfirmed', async () => {
    const id = await send('01', '01', 'ana@example.test');
    const verification = await settled(id, (v) => v.delivery === 'unconfirmed');
    expect(states(verification)).toEqual(['whatsapp undelivered', 'sms undelivered', 'email accepted']);
  });

  it('is exhausted when no channel is left', async () => {
    const verification = await settled(await send('01', '01'), (v) => v.delivery === 'exhausted');
    expect(states(verification)).toEqual(['whatsapp undelivered', 'sms undelivered', 'email skipped']);
    expect(verification.attempts[2]?.skipReason).toBe('address_missing');
    expect(verification.status).toBe('pending');
  });

  it('counts read as delivered when delivered is never sent', async () => {
    const verification = await settled(await send('03'));
    expect(states(verification)).toEqual(['whatsapp read']);
  });

  it('delivers once when receipts come twice and out of order', async () => {
    const verification = await settled(await send('04'));
    expect(states(verification)).toEqual(['whatsapp delivered']);
    const entries = await world().timeline(verification.id);
    expect(entries.filter((entry) => entry.type === 'delivered')).toHaveLength(1);
  });

  it('takes a receipt that arrives before the answer of the provider', async () => {
    const verification = await settled(await send('07'));
    expect(states(verification)).toEqual(['whatsapp delivered']);
    expect(await callsOf(verification)).toBe(1);
  });

  it('waits for the receipt when the answer is lost, and never sends twice', async () => {
    const verification = await settled(await send('08'));
    expect(states(verification)).toEqual(['whatsapp delivered']);
    expect(await callsOf(verification)).toBe(1);
  });

  it('falls back when the provider hangs and no receipt comes', async () => {
    const verification = await settled(await send('09'));
    expect(states(verification)).toEqual(['whatsapp uncertain', 'sms delivered']);
    expect(await callsOf(verification)).toBe(2);
  });

  it('falls back when the provider answers garbage', async () => {
    const verification = await settled(await send('15'));
    expect(states(verification)).toEqual(['whatsapp uncertain', 'sms delivered']);
  });

  it('retries on the same channel when the provider is unavailable for a moment', async () => {
    const verification = await settled(await send('12'));
    expect(states(verification)).toEqual(['whatsapp rejected', 'whatsapp delivered']);
    expect(verification.attempts[1]?.try).toBe(2);
  });

  it('falls back when the provider throttles for too long', async () => {
    const verification = await settled(await send('33'));
    expect(states(verification).slice(-1)).toEqual(['sms delivered']);
    expect(states(verification)[0]).toBe('whatsapp rejected');
  });

  it('falls back at once when the template is paused', async () => {
    const verification = await settled(await send('13'));
    expect(states(verification)).toEqual(['whatsapp rejected', 'sms delivered']);
    expect(verification.attempts[0]?.failure?.kind).toBe('template_paused');
  });

  it('skips every phone channel once the number is known to be invalid', async () => {
    const id = await send('01', '03', 'bo@example.test');
    const verification = await settled(id, (v) => v.delivery === 'unconfirmed');
    expect(states(verification)).toEqual(['whatsapp undelivered', 'sms rejected', 'email accepted']);
    expect(verification.attempts[1]?.failure).toMatchObject({ kind: 'invalid_number', code: '21211' });
  });

  it('stops when the provider suspects fraud: no dearer channel is bought', async () => {
    const id = await send('01', '06', 'cy@example.test');
    const verification = await settled(id, (v) => v.delivery === 'stopped');
    expect(states(verification)[1]).toMatch(/^sms (rejected|undelivered)$/);
    expect(await world().simulator.messages({ to: 'cy@example.test' })).toEqual([]);
  });

  it('keeps an unknown code verbatim and falls back', async () => {
    const verification = await settled(await send('20'));
    expect(states(verification)).toEqual(['whatsapp undelivered', 'sms delivered']);
    expect(verification.attempts[0]?.failure).toMatchObject({ kind: 'unknown', code: '999999' });
  });

  it('lifts an exhausted verification when a late receipt says delivered', async () => {
    await world().simulator.settings({ lateAfterMs: 3_500 });
    const id = await send('05', '01');
    await settled(id, (v) => v.delivery === 'exhausted');
    const verification = await settled(id);
    expect(states(verification)).toEqual(['whatsapp delivered', 'sms undelivered', 'email skipped']);
    const late = (await world().timeline(id)).find((entry) => entry.type === 'attempt_delivered');
    expect(late?.detail).toMatchObject({ late: true });
  });

  it('sends one and the same code on every channel', async () => {
    const id = await send('02', '02', 'dee@example.test');
    const verification = await settled(id, (v) => v.delivery === 'unconfirmed');
    expect(states(verification)).toEqual(['whatsapp timed_out', 'sms timed_out', 'email accepted']);
    const messages = await Promise.all(
      verification.attempts.map((a) => world().simulator.messages({ attempt: a.id, waitMs: 2_000 })),
    );
    const codes = messages.flat().map((message) => message.code);
    expect(codes).toHaveLength(3);
    expect(codes[0]).toMatch(/^\d{6}$/);
    expect(new Set(codes).size).toBe(1);
  });

  it('leaves the channel on the command next, and ends on cancel', async () => {
    const id = await send('02');
    await world().until('whatsapp to be awaited', id, (v) => v.delivery === 'awaiting');
    await world().client.next(id);
    const moved = await settled(id);
    expect(states(moved)[1]).toBe('sms delivered');
    const canceled = await world().client.cancel(id);
    expect(canceled.status).toBe('canceled');
    await expect(world().client.resend(id)).rejects.toMatchObject({ code: 'OTP_FINAL' });
  });
});
