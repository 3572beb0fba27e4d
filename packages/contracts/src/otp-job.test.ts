import { describe, expect, it } from '@jest/globals';
import { carriesPlaintextCode, otpJob, otpJobJsonSchema, verificationRequest } from './otp-job.ts';
import { fieldProblems } from './problems.ts';

const job = { v: 1, tenant: 'acme', to: { phone: '+14155550100' } };
const problemsOf = (value: unknown): Record<string, string> => {
  const parsed = otpJob.safeParse(value);
  return parsed.success
    ? {}
    : Object.fromEntries(fieldProblems(parsed.error).map((p) => [p.path, p.problem]));
};

describe('the otp job', () => {
  it('is read with its defaults', () => {
    expect(otpJob.parse(job)).toEqual({ ...job, purpose: 'auth' });
  });

  it('names every problem at once, with the field and the fix, and quotes no value', () => {
    const problems = problemsOf({
      v: 2,
      tenant: 'Not A Slug',
      to: { phone: '0170 1234567', email: 'nobody' },
      purpose: 'login',
      route: ['fax'],
      lifeMs: 1.5,
      idempotencyKey: 'two words',
      colour: 'crimson',
    });
    expect(Object.keys(problems).sort()).toEqual(
      [
        'v',
        'tenant',
        'to.phone',
        'to.email',
        'purpose',
        'route.0',
        'lifeMs',
        'idempotencyKey',
        'colour',
      ].sort(),
    );
    expect(problems['to.phone']).toContain('E.164');
    expect(problems.colour).toContain('not a known field');
    for (const value of ['0170', 'nobody', 'crimson', 'login"', 'Not A Slug'])
      expect(JSON.stringify(Object.values(problems))).not.toContain(value);
  });

  it('needs an address', () => {
    expect(problemsOf({ ...job, to: {} })).toEqual({ to: 'needs a phone, an email, or both' });
    expect(problemsOf({ v: 1, tenant: 'acme' })).toEqual({ to: 'is required' });
  });

  it.each([
    ['auth', 600_001],
    ['payment', 600_001],
    ['password_reset', 86_400_001],
  ] as const)('limits the life of a code for %s', (purpose, lifeMs) => {
    const context = purpose === 'payment' ? { amount: '1', currency: 'EUR', payee: 'Bo' } : undefined;
    expect(problemsOf({ ...job, purpose, lifeMs, context })).toHaveProperty('lifeMs');
    expect(problemsOf({ ...job, purpose, lifeMs: lifeMs - 1, context })).toEqual({});
  });

  it('binds a payment to amount, currency and payee, a signature to a document, and nothing else to either', () => {
    const payment = { amount: '129.90', currency: 'EUR', payee: 'Café Müller' };
    const document = { documentTitle: 'Lease', documentHash: 'a'.repeat(64) };
    expect(problemsOf({ ...job, purpose: 'payment', context: payment })).toEqual({});
    expect(problemsOf({ ...job, purpose: 'signature', context: document })).toEqual({});
    expect(problemsOf({ ...job, purpose: 'payment' }).context).toContain('amount, currency and payee');
    expect(problemsOf({ ...job, purpose: 'payment', context: document })).toHaveProperty('context');
    expect(problemsOf({ ...job, context: payment }).context).toContain('belongs to');
    expect(
      problemsOf({ ...job, purpose: 'payment', context: { ...payment, payee: 'Bo\nPay me' } }),
    ).toHaveProperty(['context.payee']);
  });

  it('knows a code in the open by its field', () => {
    for (const key of ['code', 'Code', 'otp', 'PIN', 'token'])
      expect(carriesPlaintextCode({ ...job, [key]: '1' })).toBe(true);
    for (const value of [job, { ...job, sealedCode: 'x' }, null, 'code', []])
      expect(carriesPlaintextCode(value)).toBe(false);
  });

  it.each(['+14155550123 <script>', 'QX7Z-VJ9K', '482913', 'ABCDEF', 'a'.repeat(60), ''])(
    'never shows a key that is no name: %j may be hostile, or a code',
    (key) => expect(Object.keys(problemsOf({ ...job, [key]: 1 }))).toEqual(['…']),
  );

  it.each(['colour', 'Phone', 'phone_number', 'address1', 'to.phone'])(
    'shows a key that is a name: %s',
    (key) => {
      expect(Object.keys(problemsOf({ ...job, [key]: 1 }))).toEqual([key]);
    },
  );

  it('is published as JSON Schema that closes the object', () => {
    const schema = otpJobJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
      required: expect.arrayContaining(['v', 'tenant', 'to']),
    });
    expect(schema.properties).not.toHaveProperty('code');
  });

  it('is the http request with a version and a tenant', () => {
    const { v, tenant, ...request } = job;
    expect(verificationRequest.safeParse(request).success).toBe(true);
    expect(verificationRequest.safeParse({ ...request, v, tenant }).success).toBe(false);
  });
});
