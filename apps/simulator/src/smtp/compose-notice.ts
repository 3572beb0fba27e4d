import { randomUUID } from 'node:crypto';

export type Notice = {
  readonly action: 'failed' | 'delayed' | 'delivered';
  /** Enhanced status code, e.g. `5.1.1`. */
  readonly status: string;
  /** The reply of the remote server, e.g. `550 5.1.1 No such user here`. */
  readonly text: string;
  readonly from: string;
  readonly to: string;
  readonly recipient: string;
  readonly envelopeId: string | null;
  readonly original: Buffer;
};

/** A delivery status notification (RFC 3464): `multipart/report` with the headers of the original mail. */
export function composeNotice(notice: Notice): string {
  const boundary = `dsn-${randomUUID()}`;
  const date = new Date().toUTCString().replace('GMT', '+0000');
  const originalHeaders = notice.original.toString('latin1').split(/\r?\n\r?\n/, 1)[0] ?? '';
  const lines = [
    `From: Mail Delivery System <${notice.from}>`,
    `To: <${notice.to}>`,
    `Subject: ${subjects[notice.action]}`,
    `Date: ${date}`,
    `Message-ID: <${randomUUID()}@mx.simulator.test>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `Your message to <${notice.recipient}>: ${notice.text}`,
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.simulator.test',
    ...(notice.envelopeId === null ? [] : [`Original-Envelope-Id: ${notice.envelopeId}`]),
    `Arrival-Date: ${date}`,
    '',
    `Original-Recipient: rfc822; ${notice.recipient}`,
    `Final-Recipient: rfc822; ${notice.recipient}`,
    `Action: ${notice.action}`,
    `Status: ${notice.status}`,
    `Diagnostic-Code: smtp; ${notice.text}`,
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    originalHeaders,
    '',
    `--${boundary}--`,
    '',
  ];
  return lines.join('\r\n');
}

const subjects: Readonly<Record<Notice['action'], string>> = {
  failed: 'Undelivered Mail Returned to Sender',
  delayed: 'Delayed Mail (still being retried)',
  delivered: 'Successful Mail Delivery Report',
};
