import type { Report, WebhookCall } from './webhook-call.ts';

/** RFC 3464 actions; mail servers report nothing like `read`. */
const actions = { sent: 'relayed', delivered: 'delivered', read: 'delivered', failed: 'failed' } as const;

/** A delivery report mail, as a mail server's pipe posts it: quoted message and all. */
export const bounceMail = ({ attemptId, status, code }: Report): string =>
  [
    'From: MAILER-DAEMON@mail.example.org',
    `To: bounce+${attemptId}@bounces.acme.example`,
    'Subject: Delivery report',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"',
    '',
    '--edge',
    'Content-Type: text/plain',
    '',
    'This is the mail system.',
    '',
    '--edge',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mail.example.org',
    `Original-Envelope-Id: ${attemptId}`,
    '',
    'Final-Recipient: rfc822; ana@example.com',
    `Action: ${actions[status]}`,
    `Status: ${status === 'failed' ? (code ?? '5.2.2') : '2.0.0'}`,
    '',
    '--edge--',
    '',
  ].join('\r\n');

export const bounce = (token: string, report: Report): WebhookCall => ({
  query: '',
  headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${token}` },
  body: Buffer.from(bounceMail(report)),
});
