import type { VerificationRequest } from '@otp-relay/contracts';
import { begin, normalCode, type Secret, type Step } from '@otp-relay/core';
import type { NewVerification } from '@otp-relay/store';
import type { Acceptance } from './acceptance.ts';
import { codeRules } from './checking/code-rules.ts';
import { liveKeyOf } from './live-key.ts';
import type { Opened } from './perform.ts';
import type { Ports } from './ports.ts';
import type { Recipient } from './recipient.ts';
import type { Screened } from './screen.ts';
import { codeAad, recipientAad } from './seals.ts';
import type { Insert } from './take-on.ts';
import type { Tenant } from './tenants.ts';

/** The whole row, ready to insert. Addresses and code leave this function sealed. */
export function draft(
  id: string,
  request: VerificationRequest,
  acceptance: Acceptance,
  tenant: Tenant,
  recipient: Recipient,
  { steps, claim }: Extract<Screened, { kind: 'allowed' }>,
  code: Secret,
  ports: Ports,
): Insert {
  const { keys, pepper, clock, traffic } = ports;
  const now = clock.now();
  const { lifeMs, maxChecks } = codeRules(tenant.config.codes, request, steps);
  const begun = begin(
    {
      id,
      tenantId: tenant.id,
      purpose: request.purpose,
      steps,
      addresses: {
        phone: recipient.phone === undefined ? 'absent' : 'present',
        email: recipient.email === undefined ? 'absent' : 'present',
      },
      expiresAt: now + lifeMs,
      maxChecks,
    },
    now,
    (channel) => traffic?.waitMs(channel, tenant.id) ?? 0,
  );
  const address = addressOf(recipient);
  const context = request.context ?? null;
  const codeMac = pepper.codeMac({
    tenantId: tenant.id,
    verificationId: id,
    code: normalCode(code.reveal()),
    ...(context && { context }),
  });
  const brought = request.sealedCode === undefined ? undefined : code;
  const mode = acceptance.mode ?? 'live';
  // Not who asked from where: the same person may be elsewhere when the request is repeated.
  const { endUser: _, sealedCode, ...asked } = request;
  const idempotencyKey = acceptance.idempotencyKey ?? request.idempotencyKey ?? null;
  const row: NewVerification = {
    verification: begun.verification,
    entries: begun.entries,
    material: {
      sealedCode: keys.seal(code, codeAad(id)),
      sealedRecipient: keys.seal(JSON.stringify(address), recipientAad(id)),
      codeMac,
      locale: request.locale ?? tenant.config.locale,
      callingCode: recipient.callingCode,
      country: recipient.country,
      context,
      mode,
      createdAt: now,
    },
    idempotencyKey,
    requestHash: pepper.requestHash(tenant.id, {
      mode: mode === 'test' ? 'test' : undefined,
      sealedCode: sealedCode && 'brought',
      ...asked,
    }),
    liveKey: liveKeyOf({ tenantId: tenant.id, request, recipient, brought, mode }, pepper),
    recipientKey: recipientKey(tenant.id, recipient, pepper),
    recipientMasked: recipient.masked,
    source: acceptance.source,
    ...(claim.takes.length > 0 && { takes: claim.takes }),
  };
  return { row, doing: { verification: begun.verification, effects: begun.effects } };
}

/** The timeline's first line names the channels of the route that are not tried, and the rules that spoke: of a few only. */
export function tellLeftOut(insert: Insert, planned: readonly Step[], rules: readonly string[]): Insert {
  const { verification, entries } = insert.row;
  if (planned.length === verification.steps.length && rules.length === 0) return insert;
  const kept = new Set(verification.steps.map((step) => step.channel));
  const leftOut = [...new Set(planned.map((step) => step.channel))].filter((channel) => !kept.has(channel));
  const [first, ...others] = entries;
  if (!first || leftOut.length + rules.length === 0) return insert;
  const detail = {
    ...first.detail,
    ...(leftOut.length > 0 && { leftOut: leftOut.join(', ') }),
    ...(rules.length > 0 && { rules: rules.join(', ') }),
  };
  const told = { ...first, detail };
  return { ...insert, row: { ...insert.row, entries: [told, ...others] } };
}

/** Names a person by the phone when there is one. */
export const recipientKey = (
  tenantId: string,
  { phone, email = '' }: Recipient,
  pepper: Ports['pepper'],
): Buffer =>
  phone === undefined
    ? pepper.addressKey(tenantId, 'email', email)
    : pepper.addressKey(tenantId, 'phone', phone);

/** The addresses as they are sealed. */
export const addressOf = ({ phone = '', email = '' }: Recipient): Opened['to'] => ({ phone, email });
