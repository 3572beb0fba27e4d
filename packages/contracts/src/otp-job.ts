import { z } from 'zod';
import { paymentContext, signatureContext, type TransactionContext } from './context.ts';
import { endUser } from './end-user.ts';
import { channel, email, locale, milliseconds, phone, purpose, slug } from './fields.ts';

const jwe = z
  .string()
  .max(4_096, 'must be at most 4096 characters')
  .regex(
    /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/,
    'must be a compact JWE made with a key of /.well-known/jwks.json',
  );

/** Longest life of a code by purpose, ms. A log-in or payment code is short-lived; a recovery mail may wait. */
export const maxLifeMs = {
  sign_up: 3_600_000,
  auth: 600_000,
  password_reset: 86_400_000,
  payment: 600_000,
  signature: 3_600_000,
} as const;

export const minLifeMs = 60_000;

/** The fields that HTTP requests and queue jobs share. */
const requestFields = {
  to: z
    .strictObject({ phone: phone.optional(), email: email.optional() })
    .refine((to) => to.phone !== undefined || to.email !== undefined, 'needs a phone, an email, or both'),
  purpose: purpose.default('auth'),
  locale: locale.optional().describe("Language of the message; the tenant's default when absent."),
  route: z
    .array(channel)
    .min(1, 'must name at least one channel')
    .max(5)
    .optional()
    .describe("Narrows and reorders the tenant's route, where the tenant allows it."),
  lifeMs: milliseconds(minLifeMs, 86_400_000).optional().describe('How long the code lives.'),
  codeLength: z.int().min(4, 'must be at least 4').max(10, 'must be at most 10').optional(),
  sealedCode: jwe
    .optional()
    .describe('The caller\'s own code, as a JWE (ECDH-ES + A256GCM) of {"code":"…"}.'),
  endUser: endUser.optional(),
  context: z.union([paymentContext, signatureContext]).optional(),
  idempotencyKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1–128 printable ASCII characters without spaces')
    .optional(),
};

interface Cross {
  purpose: keyof typeof maxLifeMs;
  lifeMs?: number | undefined;
  codeLength?: number | undefined;
  sealedCode?: string | undefined;
  context?: TransactionContext | undefined;
}

function crossCheck(request: Cross, ctx: z.RefinementCtx): void {
  const problem = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
  const longest = maxLifeMs[request.purpose];
  if (request.lifeMs !== undefined && request.lifeMs > longest)
    problem('lifeMs', `must be at most ${longest} ms for purpose "${request.purpose}"`);
  if (request.sealedCode !== undefined && request.codeLength !== undefined)
    problem('codeLength', 'must be absent when a sealed code is brought');
  if (request.purpose === 'payment' && !(request.context && 'amount' in request.context))
    problem('context', 'must hold amount, currency and payee for purpose "payment"');
  else if (request.purpose === 'signature' && !(request.context && 'documentHash' in request.context))
    problem('context', 'must hold documentTitle and documentHash for purpose "signature"');
  else if (request.context && request.purpose !== 'payment' && request.purpose !== 'signature')
    problem('context', 'belongs to purposes "payment" and "signature" only');
}

/** The body of `POST /v1/verifications`. The tenant comes from the API key. */
export const verificationRequest = z.strictObject(requestFields).superRefine(crossCheck);

/** The payload of a job on queue `otp`, version 1. Holds no plaintext code. */
export const otpJob = z
  .strictObject({ v: z.literal(1, 'must be 1, the version of this payload'), tenant: slug, ...requestFields })
  .superRefine(crossCheck);

export type VerificationRequest = z.infer<typeof verificationRequest>;
export type VerificationRequestInput = z.input<typeof verificationRequest>;
export type OtpJob = z.infer<typeof otpJob>;
export type OtpJobInput = z.input<typeof otpJob>;

/** A top-level key that would hold a code in the open: such a job is refused and removed at once. */
export const carriesPlaintextCode = (payload: unknown): boolean =>
  typeof payload === 'object' &&
  payload !== null &&
  Object.keys(payload).some((key) => /^(?:code|otp|pin|token|password|secret)$/i.test(key));

/** JSON Schema (draft 2020-12) of the job, for producers in other languages. */
export const otpJobJsonSchema = (): Record<string, unknown> => ({
  $id: 'https://otp-relay.dev/schemas/otp-job.v1.json',
  title: 'OTP Relay job, queue "otp"',
  ...z.toJSONSchema(otpJob, { io: 'input' }),
});
