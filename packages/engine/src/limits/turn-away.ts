import type { FieldProblem, ProblemCode } from '@otp-relay/contracts';
import type { Ports } from '../ports.ts';
import type { LimitKind } from './takes-of.ts';

/** Somebody has to wait. */
export interface LimitRefusal {
  readonly kind: 'refused';
  readonly code: ProblemCode;
  readonly problems: readonly FieldProblem[];
  /** ms from now; absent when waiting does not help. */
  readonly retryAfterMs?: number;
}

/** Which limit it was, and whom it concerns. */
export interface Limited {
  readonly tenantId: string;
  readonly kind: LimitKind;
  /** The name of the window, or `cool_down`. */
  readonly limit: string;
  readonly retryAfterMs?: number | undefined;
  /** The bucket; none when it is the whole tenant. */
  readonly subject?: Buffer;
  /** What people may see of whom it concerns. */
  readonly shown?: string;
}

/** A refusal as callers see it (which limit, at which field, what to do, when), counted and kept for operators. */
export function turnAway(limited: Limited, { tally, limits }: Pick<Ports, 'tally' | 'limits'>): LimitRefusal {
  const { tenantId, kind, limit, retryAfterMs, subject = Buffer.alloc(0), shown = '' } = limited;
  const code = codeOf[kind];
  tally.limited(labelOf[kind]);
  limits.refusals.note({ tenantId, code, limit, subject, shown });
  return {
    kind: 'refused',
    code,
    problems: [{ path: pathOf[kind], problem: sentences[limit] ?? 'asked for too many codes; wait' }],
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

const codeOf = {
  phone: 'OTP_LIMIT_RECIPIENT',
  email: 'OTP_LIMIT_RECIPIENT',
  ip: 'OTP_LIMIT_IP',
  device: 'OTP_LIMIT_DEVICE',
  tenant: 'OTP_LIMIT_TENANT',
} as const satisfies Record<LimitKind, ProblemCode>;

const labelOf = {
  phone: 'recipient',
  email: 'recipient',
  ip: 'ip',
  device: 'device',
  tenant: 'tenant',
} as const satisfies Record<LimitKind, string>;

const pathOf: Readonly<Record<LimitKind, string>> = {
  phone: 'to.phone',
  email: 'to.email',
  ip: 'endUser.ip',
  device: 'endUser.device',
  tenant: '',
};

/** What was too much and what to do about it, by the name of the window. */
const sentences: Readonly<Record<string, string>> = {
  cool_down: 'was sent a code a moment ago; have the user wait for Retry-After before asking again',
  ten_minutes: 'was sent too many codes within ten minutes; have the user wait, or offer another way in',
  day: 'was sent too many codes within a day; offer another way in',
  hour: 'asked for too many codes within an hour; have the user wait, or offer another way in',
  recipients: 'asked for codes for too many recipients within an hour; check who is asking',
  tenant_second: 'comes too soon after others: "limits.tenant.perSecond" is used up; send more slowly',
  tenant_minute: 'comes too soon after others: "limits.tenant.perMinute" is used up; send more slowly',
  tenant_day: 'is one too many for today: "limits.tenant.perDay" is used up; raise it if that is right',
};
