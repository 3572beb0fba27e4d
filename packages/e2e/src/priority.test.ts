import { expect, it } from '@jest/globals';
import { describeWorld, phoneBook } from './world/index.ts';

const email = { channel: 'email', account: 'mail' };
const sms = { channel: 'sms', account: 'sms', timeoutMs: 2_000 };
const whatsapp = { channel: 'whatsapp', account: 'wa', timeoutMs: 2_000 };

describeWorld(
  'channel priority',
  (world) => {
    const phone = phoneBook();
    const firstChannels = async (
      request: Parameters<ReturnType<typeof world>['send']>[0],
    ): Promise<string[]> => {
      const id = await world().send(request);
      const settled = await world().until('a first delivery', id, (v) =>
        ['delivered', 'unconfirmed'].includes(v.delivery),
      );
      return settled.attempts.map((attempt) => `${attempt.channel} ${attempt.state}`);
    };

    it("follows the tenant's default order", async () => {
      expect(await firstChannels({ to: { phone: phone('00') } })).toEqual(['whatsapp delivered']);
    });

    it('follows the override of a country', async () => {
      expect(await firstChannels({ to: { phone: '+5511987654321' } })).toEqual(['sms delivered']);
    });

    it('follows the override of a purpose, which outranks the country', async () => {
      const to = { phone: '+5511987654322', email: 'eva@example.test' };
      expect(await firstChannels({ to, purpose: 'password_reset' })).toEqual(['email accepted']);
    });

    it('follows the request within what the tenant allows', async () => {
      const to = { phone: phone('00'), email: 'fay@example.test' };
      expect(await firstChannels({ to, route: ['email', 'sms'] })).toEqual(['email accepted']);
      await expect(world().client.send({ to, route: ['voice'] })).rejects.toMatchObject({
        code: 'OTP_NO_ROUTE',
      });
    });

    it('freezes the route: editing a tenant never changes a message in flight', async () => {
      const id = await world().send({ to: { phone: phone('02') } });
      const before = await world().until('whatsapp to be awaited', id, (v) => v.delivery === 'awaiting');
      await world().reconfigure({ more: { route: [email], overrides: [] } });
      const after = await world().until('the fallback', id, (v) => v.delivery === 'delivered');
      expect(after.route).toEqual(before.route);
      expect(after.attempts.map((a) => a.channel)).toEqual(['whatsapp', 'sms']);
      await expect(world().client.send({ to: { phone: phone('00') } })).rejects.toMatchObject({
        code: 'OTP_NO_ROUTE',
      });
    });
  },
  {
    tenant: {
      more: {
        route: [whatsapp, sms, email],
        overrides: [
          { callingCode: '55', route: [sms, whatsapp] },
          { purpose: 'password_reset', route: [email, sms] },
        ],
      },
    },
  },
);
