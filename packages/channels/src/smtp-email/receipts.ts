import { classOf, type Failure } from '@otp-relay/core';
import { attemptIdIn } from '../attempt.ts';
import { dedupKeyOf, headerOf, sameSecret } from '../authentic.ts';
import type { Receipt, ReceiptStatus, WebhookOutcome, WebhookRequest } from '../provider.ts';
import { redact } from '../redact.ts';
import type { SmtpAccount } from './config.ts';
import { enhancedIn, replyFailureOf } from './failures.ts';
import { type DeliveryReport, mailText, type ReportFields, reportIn } from './report.ts';

/** A bounce of our small mails quotes little; beyond this it is something else, and reading it would take too long. */
export const maxMailBytes = 256 * 1024;

/**
 * A mail that came back to the bounce domain, posted raw by a pipe of the mail server with `Authorization: Bearer
 * <bounceToken>`. Mail that is no delivery report (a vacation notice) is taken and ignored: a refusal would bounce it again.
 */
export function webhook(request: WebhookRequest, account: SmtpAccount): WebhookOutcome {
  if (request.method !== 'POST') return { kind: 'refused', status: 400, reason: 'not a POST' };
  if (request.rawBody.byteLength > maxMailBytes) {
    return { kind: 'refused', status: 413, reason: 'mail over 256 kB' };
  }
  const token = account.bounceToken?.reveal() ?? '';
  if (!sameSecret(headerOf(request, 'authorization') ?? '', token === '' ? '' : `Bearer ${token}`)) {
    return { kind: 'refused', status: 401, reason: 'Authorization does not match the bounce token' };
  }
  if (request.rawBody.byteLength === 0) return { kind: 'refused', status: 400, reason: 'no mail' };
  const mail = mailText(request.rawBody);
  const report = reportIn(mail);
  const attemptId = report && attemptOf(report, mail);
  const receipts =
    report === undefined || attemptId === undefined
      ? []
      : report.recipients.flatMap((recipient) => receiptOf(attemptId, report, recipient) ?? []);
  return { kind: 'receipts', receipts, notices: [] };
}

/** From our ENVID, else from our return path, else from our Message-ID in the quoted headers. */
function attemptOf({ message }: DeliveryReport, mail: string): string | undefined {
  return (
    attemptIdIn(message['original-envelope-id']) ??
    attemptIdIn(/bounce\+(att_\w{1,60})@/i.exec(mail)?.[1]) ??
    attemptIdIn(/^Message-ID:\s*<(att_\w{1,60})@/im.exec(mail)?.[1])
  );
}

/** RFC 3464 §2.3.3. `delayed` is no news: the server goes on trying. `relayed` left the world of reports. */
const levels: Readonly<Record<string, ReceiptStatus>> = {
  failed: 'failed',
  delivered: 'delivered',
  relayed: 'sent',
  expanded: 'sent',
};

function receiptOf(attemptId: string, report: DeliveryReport, recipient: ReportFields): Receipt | undefined {
  const action = (recipient.action ?? '').toLowerCase();
  const status = Object.hasOwn(levels, action) ? levels[action] : undefined;
  if (status === undefined) return undefined;
  const failure = status === 'failed' ? failureOf(recipient) : undefined;
  const at = Date.parse(recipient['last-attempt-date'] ?? report.message['arrival-date'] ?? '');
  const enhanced = recipient.status ?? '';
  return {
    attemptId,
    status,
    ...(failure === undefined ? {} : { failure }),
    ...(Number.isFinite(at) && at > 0 ? { at } : {}),
    dedupKey: dedupKeyOf('smtp', attemptId, action, enhanced),
    raw: { action, status: redact(enhanced), ...(failure?.detail ? { diagnostic: failure.detail } : {}) },
  };
}

function failureOf(recipient: ReportFields): Failure {
  const text = (recipient['diagnostic-code'] ?? '').replace(/^[\w-]+\s*;\s*/, '');
  // A relay often reports x.0.0 and leaves the real code to the diagnostic text.
  const status = enhancedIn(recipient.status ?? '');
  const enhanced = status === undefined || status.endsWith('.0.0') ? (enhancedIn(text) ?? status) : status;
  const code = /\b([45]\d\d)\b/.exec(text)?.[1];
  const failure = replyFailureOf({ text, enhanced, code: code === undefined ? undefined : Number(code) });
  // The server tried again until it gave up: "later" has passed.
  return classOf(failure) === 'transient' ? { ...failure, kind: 'message_expired' } : failure;
}
