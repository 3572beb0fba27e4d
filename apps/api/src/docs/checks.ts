import { checkApproved, checkRequest, feedbackRequest } from '@otp-relay/contracts';
import { example } from './examples.ts';
import { answered, problemAs, refusals } from './parts.ts';
import { notFound, one, view } from './verifications.ts';

export const check = {
  ...one,
  summary: 'Check what a person typed',
  description:
    'The right code approves the verification, once. Everything else is one answer, `OTP_CHECK_FAILED`, in the same time: ' +
    'a wrong code, another transaction, an expired, used, denied or canceled verification, an unknown id, a recipient ' +
    'with too many wrong codes. The timeline tells which. A try is spent before the code is compared: 5 per verification, ' +
    '20 wrong ones in 24 hours and 100 in a row per recipient and purpose. When the answer was lost, do not check again: ' +
    '`GET /v1/verifications/{id}` says `approved`. Needs a key of the mode (live, test) that asked for the code. `guessing` in ' +
    'any answer: somebody guesses at codes of the tenant at present, see `docs/reference/abuse.md`.',
  body: checkRequest.meta({
    id: 'CheckRequest',
    examples: [
      { code: '123 456' },
      { code: '123456', context: { amount: '129.90', currency: 'EUR', payee: 'Acme Books' } },
    ],
  }),
  response: {
    200: answered(
      'Right, and approved by this check.',
      checkApproved.meta({
        id: 'CheckApproved',
        examples: [{ id: example.verification.id, approved: true }],
      }),
    ),
    400: problemAs('The body is not JSON.'),
    422: problemAs(
      '`OTP_CHECK_FAILED`, or `OTP_INVALID_REQUEST` when the body is no check at all; that spends no try.',
    ),
    ...refusals,
  },
};

export const feedback = {
  ...one,
  summary: 'Say what became of it elsewhere',
  description:
    'For services that check codes themselves, or see the person succeed by other means: counted as a conversion, which ' +
    'rules against fraud look at. It never approves: `{"converted": true}` ends a verification that is still pending as ' +
    '`canceled`, so that nothing more is sent. What is said last counts; the same again changes nothing.',
  body: feedbackRequest.meta({ id: 'FeedbackRequest', examples: [{ converted: true }] }),
  response: {
    200: answered('Taken; the verification as it stands.', view),
    422: problemAs('Fields are invalid.'),
    ...notFound,
    ...refusals,
  },
};
