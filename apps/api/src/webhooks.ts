import type { ProblemCode } from '@otp-relay/contracts';
import type * as docs from './docs/operations.ts';
import { sendProblem } from './problem.ts';
import type { Handle } from './route.ts';

const codeOf: Readonly<Record<400 | 401 | 403 | 404 | 413, ProblemCode>> = {
  400: 'OTP_WEBHOOK_MALFORMED',
  401: 'OTP_WEBHOOK_FORGED',
  403: 'OTP_WEBHOOK_FORGED',
  404: 'OTP_NOT_FOUND',
  413: 'OTP_TOO_LARGE',
};

/** A provider's call. Answered 200 only once every receipt is committed; whatever else it gets, it sends again. */
export const takeWebhook: Handle<typeof docs.webhook> = async (call, reply, { engine, settings, log }) => {
  const { provider, tenant, account } = call.params;
  const path = call.raw.url ?? '/';
  const answer = await engine.webhook(
    { provider, tenantId: tenant, accountId: account },
    {
      method: call.method,
      url: settings.OTP_PUBLIC_URL + path,
      headers: call.headers,
      query: Object.fromEntries(new URLSearchParams(path.slice(path.indexOf('?') + 1 || path.length))),
      rawBody: call.body instanceof Uint8Array ? call.body : new Uint8Array(),
    },
  );
  switch (answer.kind) {
    case 'taken':
      return { received: answer.receipts };
    case 'challenge':
      return reply.type('text/plain; charset=utf-8').send(answer.body);
    case 'refused':
      // The reason says which check failed: for the operator's log, not for a forger.
      log.info(
        { provider, status: answer.status, reason: answer.reason, from: call.ip, requestId: call.id },
        'webhook refused',
      );
      return sendProblem(reply, codeOf[answer.status], { status: answer.status });
  }
};
