import type { FieldProblem, ProblemCode, VerificationRequest } from '@otp-relay/contracts';
import { addressKindOf, planRoute, type Step } from '@otp-relay/core';
import type { Recipient } from './recipient.ts';
import type { Tenant } from './tenants.ts';

/** The steps of a route, or why there is none. */
export type Planned = { steps: readonly Step[] } | { code: ProblemCode; problem: FieldProblem };

/** The tenant's route for this request, within what the tenant allows. */
export function planSteps(request: VerificationRequest, tenant: Tenant, recipient: Recipient): Planned {
  if (request.route && tenant.config.requestRoutes === 'refused')
    return {
      code: 'OTP_INVALID_REQUEST',
      problem: { path: 'route', problem: 'must be absent: this tenant fixes the route' },
    };
  const steps = planRoute(tenant.routes, {
    purpose: request.purpose,
    callingCode: recipient.callingCode,
    ...(request.route && { wanted: request.route }),
  });
  if (steps.length === 0)
    return {
      code: 'OTP_NO_ROUTE',
      problem: { path: 'route', problem: "names no channel of the tenant's route for this request" },
    };
  if (!steps.some((step) => recipient[addressKindOf(step.channel)] !== undefined)) {
    const missing = [...new Set(steps.map((step) => `to.${addressKindOf(step.channel)}`))].join(' or ');
    return {
      code: 'OTP_NO_ROUTE',
      problem: { path: 'to', problem: `needs ${missing}: the route has no other channel` },
    };
  }
  return { steps };
}
