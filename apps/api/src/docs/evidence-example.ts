/** A bundle as it is, and the key it was signed with: the pair verifies. The key signs nothing else. */
export const evidenceExample = {
  bundle: {
    record: {
      type: 'otp-relay.signature-evidence.v1',
      tenant: 'acme',
      mode: 'live',
      sequence: 1,
      previous: '0000000000000000000000000000000000000000000000000000000000000000',
      sealedAt: '2026-01-31T12:00:42.510Z',
      verification: {
        id: 'vrf_01k9z3v6d2m8q4w7x5y1t0r9nb',
        locale: 'en',
        source: 'http',
        createdAt: '2026-01-31T12:00:00.000Z',
        approvedAt: '2026-01-31T12:00:41.870Z',
        expiresAt: '2026-01-31T12:10:00.000Z',
        failedChecks: 0,
        maxChecks: 5,
      },
      recipient: {
        masked: '+1 ••• 00',
        digest: '5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d',
      },
      document: {
        title: 'Lease, flat 4',
        hash: {
          algorithm: 'SHA-256',
          value: 'a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0',
        },
      },
      attempts: [
        {
          id: 'att_01k9z3v6d2m8q4w7x5y1t0r9nb_0_1',
          channel: 'sms',
          provider: 'twilio-sms',
          account: 'acme-sms',
          state: 'delivered',
          providerRef: 'SM0123456789abcdef0123456789abcdef',
          failure: null,
          queuedAt: '2026-01-31T12:00:00.000Z',
          sendingAt: '2026-01-31T12:00:00.020Z',
          acceptedAt: '2026-01-31T12:00:00.310Z',
          sentAt: '2026-01-31T12:00:01.900Z',
          deliveredAt: '2026-01-31T12:00:03.100Z',
          readAt: null,
          endedAt: null,
        },
      ],
      timeline: [
        {
          at: '2026-01-31T12:00:00.000Z',
          type: 'accepted',
          attempt: null,
          detail: {},
        },
        {
          at: '2026-01-31T12:00:41.870Z',
          type: 'approved',
          attempt: null,
          detail: {},
        },
      ],
    },
    hash: '27606549c190dff5cd189d2553917d1ba991c0f7240a57a4c26fd32f6d30ec43',
    signature: {
      algorithm: 'Ed25519',
      keyId: '10Ei-01Oj5tLOEDjRu0UztXWZr9oUTPUiWJxLPEXi8Q',
      value: 'yAo1PvHR0ZJaOFAlk9k_YGako1a5jRHL3Q_nXhRK0FmE1td-DuSSvosTr_gFG1njcn5GbrE2dwCCjfRtiVeuBw',
    },
  },
  keys: {
    keys: [
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: '819H7JlNO9MlziyttE2fX-PGQAqCUbNP1XTkca1vqqs',
        kid: '10Ei-01Oj5tLOEDjRu0UztXWZr9oUTPUiWJxLPEXi8Q',
        alg: 'EdDSA',
        use: 'sig',
      },
    ],
  },
};
