import { describe, expect, it } from '@jest/globals';
import { publishedEvent, publishedEventJsonSchema, publishedTypes } from './published-events.ts';
import { webhooksConfig } from './webhook-config.ts';

const data = {
  id: 'vrf_01k9z3v6d2m8q4w7x5y1t0r9nb',
  status: 'pending',
  delivery: 'delivered',
  purpose: 'auth',
  mode: 'live',
  to: '+1 ••• 00',
  idempotencyKey: null,
  channel: 'sms',
  route: ['whatsapp', 'sms'],
  createdAt: '2026-01-31T12:00:00.000Z',
  expiresAt: '2026-01-31T12:10:00.000Z',
  attempt: null,
};
const timestamp = '2026-01-31T12:00:03.000Z';

describe('published events', () => {
  it('are named after what happened to a verification', () => {
    expect(publishedTypes).toHaveLength(10);
    for (const type of publishedTypes)
      expect(publishedEvent.safeParse({ type, timestamp, data }).success).toBe(true);
    expect(publishedEvent.safeParse({ type: 'verification.bought', timestamp, data }).success).toBe(false);
  });

  it('have no room for a code or a whole address', () => {
    const hostile = { ...data, code: '123456', phone: '+14155550100', sealedCode: 'x' };
    const parsed = publishedEvent.parse({ type: 'verification.accepted', timestamp, data: hostile });
    expect(JSON.stringify(parsed)).not.toMatch(/123456|14155550100|sealed/);
  });

  it('are published as JSON Schema', () => {
    expect(publishedEventJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      anyOf: [
        { required: ['type', 'timestamp', 'data'] },
        { properties: { type: { const: 'webhook.test' } } },
      ],
    });
  });
});

describe('webhooks of a tenant', () => {
  const isFine = (webhooks: unknown): boolean => webhooksConfig.safeParse(webhooks).success;
  const url = 'https://acme.example/hooks/otp';

  it('take an https url and the types to send', () => {
    expect(isFine([{ id: 'main', url }])).toBe(true);
    expect(isFine([{ id: 'main', url, events: ['verification.approved'] }])).toBe(true);
    expect(isFine([{ id: 'main', url, events: ['approved'] }])).toBe(false);
    expect(isFine([{ id: 'main', url, events: [] }])).toBe(false);
  });

  it.each([
    'ftp://acme.example',
    'https://user:pass@acme.example/',
    'acme.example/hooks',
    'javascript:alert(1)',
  ])('refuse %s', (bad) => expect(isFine([{ id: 'main', url: bad }])).toBe(false));

  it('have ids of their own, and are few', () => {
    expect(
      isFine([
        { id: 'a', url },
        { id: 'a', url },
      ]),
    ).toBe(false);
    expect(isFine(Array.from({ length: 11 }, (_, index) => ({ id: `h${index}`, url })))).toBe(false);
  });
});
