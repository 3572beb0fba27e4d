const ulid = '01k9z3v6d2m8q4w7x5y1t0r9nb';

const attempt = {
  id: `att_${ulid}_0_1`,
  step: 0,
  try: 1,
  channel: 'whatsapp',
  provider: 'meta-whatsapp',
  account: 'acme-wa',
  state: 'accepted',
  skipReason: null,
  failure: null,
  queuedAt: '2026-01-31T12:00:00.000Z',
  acceptedAt: '2026-01-31T12:00:00.410Z',
  deliveredAt: null,
  endedAt: null,
};

const verification = {
  id: `vrf_${ulid}`,
  status: 'pending',
  delivery: 'awaiting',
  purpose: 'auth',
  to: '+1 ••• 00',
  channel: 'whatsapp',
  route: ['whatsapp', 'sms', 'email'],
  createdAt: '2026-01-31T12:00:00.000Z',
  expiresAt: '2026-01-31T12:10:00.000Z',
  attempts: [attempt],
};

/** What the reference pages and `/openapi.json` show. The phone number is from a range reserved for fiction. */
export const example = {
  verification,
  created: { ...verification, delivery: 'queued', attempts: [], deduplicated: false },
  requests: [
    { to: { phone: '+14155550100' }, purpose: 'auth' },
    {
      to: { phone: '+14155550100', email: 'ana@example.com' },
      purpose: 'payment',
      locale: 'es-AR',
      context: { amount: '129.90', currency: 'EUR', payee: 'Acme Books' },
    },
  ],
  timeline: {
    id: verification.id,
    entries: [
      { at: attempt.queuedAt, type: 'accepted', attempt: null, detail: {} },
      {
        at: attempt.queuedAt,
        type: 'attempt_queued',
        attempt: attempt.id,
        detail: { channel: 'whatsapp', account: 'acme-wa' },
      },
    ],
  },
  problem: {
    type: 'https://otp-relay.dev/problems/OTP_INVALID_REQUEST',
    title: 'The request has invalid fields',
    status: 422,
    code: 'OTP_INVALID_REQUEST',
    problems: [{ path: 'to.phone', problem: 'must be E.164: "+", country calling code, number, no spaces' }],
    requestId: 'req_01k9z3v6d2m8q4w7x5y1t0r9nc',
  },
} as const;
