import { describe, expect, it } from '@jest/globals';
import type { Channel, Step } from '@otp-relay/core';
import { createDeclined } from './declined.ts';

const step = (channel: Channel): Step => ({
  channel,
  provider: 'twilio-sms',
  account: 'a',
  timeoutMs: 1_000,
  success: 'delivered',
  minLifeMs: 0,
});
const route = [step('whatsapp'), step('sms'), step('email')];

/** Remembers in a map, and how often it was asked. */
function memory() {
  let now = 0;
  const asked = { any: 0, by: 0 };
  const held = new Map<string, Channel[]>();
  const declined = createDeclined(
    {
      put: async ({ tenantId, channel }) => {
        held.set(tenantId, [...(held.get(tenantId) ?? []), channel]);
      },
      any: async (tenantId) => {
        asked.any += 1;
        return held.has(tenantId);
      },
      by: async (recipients) => {
        asked.by += 1;
        return recipients.map(({ tenantId }) => held.get(tenantId) ?? []);
      },
    },
    { now: () => now },
  );
  const channels = async (to: { phone?: string; email?: string }, steps = route): Promise<Channel[]> => {
    const recipient = { ...to, callingCode: null, country: null, masked: '' } as never;
    const who = { tenantId: 'acme', recipient, recipientKey: () => Buffer.alloc(32) };
    return (await declined.leaveOut(who, steps)).map((one) => one.channel);
  };
  const remember = (channel: Channel) =>
    declined.remember({ tenantId: 'acme', id: 'vrf', channel, forMs: 1_000 });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { asked, channels, remember, pass };
}

const both = { phone: '+14155550100', email: 'ana@example.com' };

describe('declined channels', () => {
  it('are left out while another one can reach the recipient', async () => {
    const { channels, remember } = memory();
    await remember('whatsapp');
    expect(await channels(both)).toEqual(['sms', 'email']);
    await remember('sms');
    expect(await channels(both)).toEqual(['email']);
    expect(await channels({ phone: '+14155550100' })).toEqual(['whatsapp', 'sms', 'email']);
    await remember('email');
    expect(await channels(both)).toEqual(['whatsapp', 'sms', 'email']);
  });

  it('cost nothing when there is nothing to choose, and one question a second when nobody declines anything', async () => {
    const { channels, asked, pass } = memory();
    await channels(both, [step('sms'), step('sms')]);
    expect(asked).toEqual({ any: 0, by: 0 });
    for (let n = 0; n < 50; n += 1) await channels(both);
    expect(asked).toEqual({ any: 1, by: 0 });
    pass(1_000);
    await channels(both);
    expect(asked).toEqual({ any: 2, by: 0 });
  });

  it('are noticed at once by the process that was told, and asked about for many at once', async () => {
    const { channels, asked, remember } = memory();
    await channels(both);
    await remember('whatsapp');
    const all = await Promise.all(Array.from({ length: 20 }, () => channels(both)));
    expect(new Set(all.map(String))).toEqual(new Set(['sms,email']));
    expect(asked.by).toBeLessThanOrEqual(2);
  });
});
