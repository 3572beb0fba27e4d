import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createWebhookSecret, signWebhook } from '@otp-relay/vault';
import { verifyWebhook } from './verify-webhook.ts';

const made = createWebhookSecret();
const secret = made.reveal();
const now = Date.parse('2026-01-31T12:00:00Z');
const body = JSON.stringify({
  type: 'webhook.test',
  timestamp: '2026-01-31T12:00:00.000Z',
  data: { webhook: 'main' },
});
const id = 'evt_01k9z3v6d2m8q4w7x5y1t0r9nb';
const timestamp = now / 1_000;

const signed = (secrets = [made], at = timestamp, text = body) => ({
  'webhook-id': id,
  'webhook-timestamp': String(at),
  'webhook-signature': signWebhook({ id, timestamp: at, body: text }, secrets),
});
const check = (headers: Record<string, string>, text: string = body, secrets: string | string[] = secret) =>
  verifyWebhook(headers, text, secrets, { now });

describe('verifyWebhook', () => {
  it('believes what the relay signed, and reads it', () => {
    expect(check(signed())).toMatchObject({ ok: true, id, event: { type: 'webhook.test' } });
    expect(verifyWebhook(new Headers(signed()), Buffer.from(body), secret, { now })).toMatchObject({
      ok: true,
    });
    const shouted = Object.fromEntries(
      Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(check(shouted)).toMatchObject({ ok: true });
  });

  it('works through a change of secrets, on either side', () => {
    const fresh = createWebhookSecret();
    const next = fresh.reveal();
    expect(check(signed([fresh, made]))).toMatchObject({ ok: true });
    expect(check(signed([fresh, made]), body, next)).toMatchObject({ ok: true });
    expect(check(signed(), body, [next, secret])).toMatchObject({ ok: true });
    expect(check(signed([fresh]))).toEqual({ ok: false, reason: 'wrong_signature' });
  });

  it('refuses every prefix, suffix and extension of a right signature', () => {
    const right = signed()['webhook-signature'];
    const variants = [
      ...Array.from(right, (_, length) => right.slice(0, length)),
      ...Array.from(right, (_, start) => right.slice(start + 1)),
      ...['A', '=', '==', ',', ' A', 'AAAA']
        .map((more) => right + more)
        .filter((one) => !one.startsWith(`${right} `)),
      right.replace('v1,', 'v2,'),
      right.replace('v1,', 'v1a,'),
      right.replace('v1,', ''),
      right.toLowerCase(),
      `${right}\n`,
    ];
    for (const variant of variants)
      expect(check({ ...signed(), 'webhook-signature': variant })).toMatchObject({ ok: false });
    expect(variants.length).toBeGreaterThan(90);
  });

  it('refuses another body, id or time under a right signature', () => {
    expect(check(signed(), `${body} `)).toEqual({ ok: false, reason: 'wrong_signature' });
    expect(check({ ...signed(), 'webhook-id': `${id}x` })).toEqual({ ok: false, reason: 'wrong_signature' });
    expect(check({ ...signed(), 'webhook-timestamp': String(timestamp + 1) })).toEqual({
      ok: false,
      reason: 'wrong_signature',
    });
    // A dot moved from the id into the time would sign the same text.
    expect(check({ ...signed(), 'webhook-id': `${id}.${timestamp}`, 'webhook-timestamp': '' })).toMatchObject(
      {
        ok: false,
      },
    );
  });

  it('believes nothing without a secret, whatever the empty secret signs', () => {
    for (const none of ['', ' ', 'whsec_', 'whsec_ ', 'whsec_AAAA', 'null', 'undefined']) {
      const key = Buffer.from(none.replace('whsec_', ''), 'base64');
      const forged = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      for (const secrets of [none, [none], [none, secret]])
        expect(check({ ...signed(), 'webhook-signature': `v1,${forged}` }, body, secrets)).toEqual({
          ok: false,
          reason: 'no_secret',
        });
    }
    expect(check(signed(), body, [])).toEqual({ ok: false, reason: 'no_secret' });
    for (const nothing of [null, undefined])
      expect(verifyWebhook(signed(), body, nothing as unknown as string, { now })).toEqual({
        ok: false,
        reason: 'no_secret',
      });
  });

  it('refuses what is older or newer than five minutes, and what lacks a header', () => {
    expect(check(signed([made], timestamp - 301))).toEqual({ ok: false, reason: 'too_old' });
    expect(check(signed([made], timestamp + 301))).toEqual({ ok: false, reason: 'too_new' });
    expect(check(signed([made], timestamp - 299))).toMatchObject({ ok: true });
    for (const name of Object.keys(signed()))
      expect(check({ ...signed(), [name]: '' })).toEqual({ ok: false, reason: 'missing_header' });
  });

  it('says so when what was signed is no event, and lets one of a later version pass', () => {
    for (const text of ['', '{', '[]', '"type"', randomBytes(40).toString('latin1')])
      expect(check(signed([made], timestamp, text), text)).toEqual({ ok: false, reason: 'unreadable' });
    const later = '{"type":"verification.forgotten"}';
    expect(check(signed([made], timestamp, later), later)).toEqual({ ok: true, id });
  });
});
