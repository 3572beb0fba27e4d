import { describe, expect, it } from '@jest/globals';
import { bounded, metrics } from './metrics.ts';

const labels = { channel: ['sms', 'email'] } as const;

describe('metrics', () => {
  it('counts, times and measures, as Prometheus reads it', async () => {
    const { counter, histogram, gauge, text, contentType } = metrics();
    counter({ name: 'otp_sends_total', help: 'Sends.', labels }).inc({ channel: 'sms' }, 2);
    histogram({ name: 'otp_send_seconds', help: 'Time.', labels, buckets: [0.1, 1] }).observe(
      { channel: 'sms' },
      0.5,
    );
    gauge({ name: 'otp_open', help: 'Open.', labels, collect: (set) => set({ channel: 'email' }, 7) });
    const exposition = await text();
    expect(exposition).toContain('otp_sends_total{channel="sms"} 2');
    expect(exposition).toContain('otp_send_seconds_bucket{le="1",channel="sms"} 1');
    expect(exposition).toContain('otp_open{channel="email"} 7');
    expect(contentType).toMatch(/^text\/plain/);
  });

  it('never lets a label grow: 10,000 unknown values make one series', async () => {
    const { counter, text } = metrics();
    const sends = counter({ name: 'otp_sends_total', help: 'Sends.', labels });
    for (let i = 0; i < 10_000; i += 1) sends.inc({ channel: `+1555${i}` });
    expect((await text()).match(/^otp_sends_total.*$/gm)).toEqual(['otp_sends_total{channel="other"} 10000']);
    expect([bounded('sms', labels.channel), bounded('fax', labels.channel)]).toEqual(['sms', 'other']);
  });

  it('keeps registries apart and adds Node’s own metrics on request', async () => {
    metrics().counter({ name: 'same_total', help: 'x', labels: {} }).inc({});
    const withDefaults = metrics({ defaults: true });
    withDefaults.counter({ name: 'same_total', help: 'x', labels: {} });
    expect(await withDefaults.text()).toContain('process_cpu_user_seconds_total');
  });
});
