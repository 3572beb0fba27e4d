import { expect, it } from '@jest/globals';
import { describeWorld, phoneBook } from './world/index.ts';

describeWorld(
  'checks',
  (world) => {
    const phone = phoneBook();
    /** What the person reads on the phone. */
    const codeOn = async (to: string, id: string): Promise<string> => {
      await world().until('the message to arrive', id, (v) => v.delivery === 'delivered');
      const [message] = await world().simulator.messages({ to });
      if (!message?.code) throw new Error(`no code on ${to}: ${JSON.stringify(message)}`);
      return message.code;
    };

    it('approves what the person reads on the phone and types, however they type it', async () => {
      const to = phone('00');
      const id = await world().send({ to: { phone: to } });
      const code = await codeOn(to, id);
      expect(code).toMatch(/^\d{6}$/);
      const { client } = world();
      const wrong = code === '000000' ? '111111' : '000000';
      expect(await client.check(id, wrong)).toEqual({ approved: false });
      expect(await client.check(id, `${code.slice(0, 3)} ${code.slice(3)}`)).toEqual({ approved: true });
      expect(await client.check(id, code)).toEqual({ approved: false });
      expect((await world().get(id)).status).toBe('approved');
    });

    it('approves the code of the first channel after it fell back to the second', async () => {
      const to = phone('02', '00');
      const id = await world().send({ to: { phone: to } });
      const code = await codeOn(to, id);
      const [attempt] = (await world().get(id)).attempts;
      expect(attempt).toMatchObject({ channel: 'whatsapp', state: 'timed_out' });
      expect(await world().client.check(id, code)).toEqual({ approved: true });
    });

    it('stops at once when the code of a message nobody reported came back right', async () => {
      const to = phone('02', '00');
      const { id } = await world().client.send({ to: { phone: to }, code: '736251' });
      await world().until('the message to be out', id, (v) => v.delivery === 'awaiting');
      expect(await world().client.check(id, '736251')).toEqual({ approved: true });
      const { status, delivery, attempts } = await world().get(id);
      expect({ status, delivery, channels: attempts.map(({ channel }) => channel) }).toEqual({
        status: 'approved',
        delivery: 'delivered',
        channels: ['whatsapp'],
      });
    });

    it('leaves WhatsApp out the next time for somebody who has none', async () => {
      const to = phone('00');
      const id = await world().send({ to: { phone: to }, purpose: 'sign_up' });
      await world().client.next(id);
      await world().until('sms to arrive', id, (v) => v.channel === 'sms' && v.delivery === 'delivered');
      const other = await world().send({ to: { phone: to }, purpose: 'password_reset' });
      expect((await world().get(other)).route).not.toContain('whatsapp');
    });
  },
  { tenant: { more: { limits: { recipient: null } } } },
);
