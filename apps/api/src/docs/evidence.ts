import { evidenceBundle, evidenceKeySet } from '@otp-relay/contracts';
import { z } from 'zod';
import { evidenceExample } from './evidence-example.ts';
import { example } from './examples.ts';
import { answered, problemAs, refusals } from './parts.ts';

export const evidence = {
  tags: ['verifications'],
  summary: 'Proof of an approved signature',
  description:
    'What happened, hashed into the chain of this tenant and signed with Ed25519; never the code. ' +
    'Keep it: it can be checked offline with `otp evidence verify` and the keys of `/.well-known/evidence-keys.json`, ' +
    'and stays valid when the verification is long deleted.',
  security: [{ apiKey: [] }],
  params: z.object({
    id: z
      .string()
      .max(64)
      .meta({ examples: [example.verification.id] }),
  }),
  response: {
    200: answered(
      'The bundle, byte for byte the same whenever it is asked for.',
      evidenceBundle.meta({ id: 'EvidenceBundle', examples: [evidenceExample.bundle] }),
    ),
    404: problemAs('This tenant has no such verification.'),
    409: problemAs('It is no signature, or not approved (yet).'),
    ...refusals,
  },
};

export const evidenceKeys = {
  tags: ['operations'],
  summary: 'Public keys that evidence is signed with',
  description: 'Every key that ever signed here, newest first: also those whose OTP_KEYS version is gone.',
  response: {
    200: answered(
      'A JWK set of Ed25519 keys.',
      evidenceKeySet.meta({ id: 'EvidenceKeys', examples: [evidenceExample.keys] }),
    ),
  },
};
