import type { Failure, FailureKind, FailureScope } from '@otp-relay/core';
import type { FailureTable } from '../failures.ts';
import { redact } from '../redact.ts';

/**
 * What mail servers say, most telling row first: `<command> <enhanced>`, `<enhanced>`, `<command> <reply>`, `<reply>`.
 * Enhanced status codes: RFC 3463 and the IANA registry. Reply codes: RFC 5321 §4.2.
 */
export const smtpFailures: FailureTable = {
  // "530 5.7.0 Authentication required", or STARTTLS first.
  'MAIL FROM 5.7.0': ['auth_failed', 'account'],
  'MAIL FROM 5.7.1': ['sender_not_approved', 'sender'],
  '4.2.1': ['greylisted', 'recipient'],
  '4.2.2': ['mailbox_full', 'recipient'],
  '4.3.0': ['provider_unavailable', 'platform'],
  '4.3.1': ['provider_unavailable', 'platform'],
  '4.3.2': ['provider_unavailable', 'platform'],
  '4.4.1': ['provider_unavailable', 'platform'],
  '4.4.2': ['provider_unavailable', 'platform'],
  '4.4.5': ['provider_unavailable', 'platform'],
  '4.4.7': ['message_expired', 'recipient'],
  '4.7.0': ['greylisted', 'recipient'],
  '4.7.1': ['greylisted', 'recipient'],
  '4.7.28': ['rate_limited', 'sender'],
  '5.1.0': ['mail_refused', 'recipient'],
  '5.1.1': ['invalid_mailbox', 'recipient'],
  '5.1.2': ['invalid_mailbox', 'recipient'],
  '5.1.3': ['invalid_mailbox', 'recipient'],
  '5.1.6': ['invalid_mailbox', 'recipient'],
  '5.1.7': ['sender_not_approved', 'sender'],
  '5.1.8': ['sender_not_approved', 'sender'],
  '5.1.10': ['invalid_mailbox', 'recipient'],
  '5.2.0': ['mail_refused', 'recipient'],
  '5.2.1': ['mail_refused', 'recipient'],
  '5.2.2': ['mailbox_full', 'recipient'],
  '5.2.3': ['bad_request', 'request'],
  '5.3.4': ['bad_request', 'request'],
  '5.4.1': ['mail_refused', 'recipient'],
  '5.4.4': ['invalid_mailbox', 'recipient'],
  '5.4.7': ['message_expired', 'recipient'],
  '5.5.2': ['bad_request', 'request'],
  '5.5.4': ['bad_request', 'request'],
  '5.6.0': ['bad_request', 'request'],
  '5.7.0': ['mail_refused', 'recipient'],
  '5.7.1': ['mail_refused', 'recipient'],
  '5.7.8': ['auth_failed', 'account'],
  '5.7.9': ['auth_failed', 'account'],
  // SPF, DKIM, DMARC, reverse DNS: the sender's own records.
  '5.7.20': ['sender_not_approved', 'sender'],
  '5.7.23': ['sender_not_approved', 'sender'],
  '5.7.25': ['sender_not_approved', 'sender'],
  '5.7.26': ['sender_not_approved', 'sender'],
  '5.7.27': ['sender_not_approved', 'sender'],
  '5.7.28': ['rate_limited', 'sender'],

  '421': ['provider_unavailable', 'platform'],
  '432': ['auth_failed', 'account'],
  '450': ['greylisted', 'recipient'],
  '451': ['greylisted', 'recipient'],
  '452': ['provider_unavailable', 'platform'],
  '454': ['provider_unavailable', 'platform'],
  '455': ['provider_unavailable', 'platform'],
  '500': ['bad_request', 'request'],
  '501': ['bad_request', 'request'],
  '502': ['bad_request', 'request'],
  '503': ['provider_unavailable', 'platform'],
  '504': ['bad_request', 'request'],
  '521': ['mail_refused', 'recipient'],
  '530': ['auth_failed', 'account'],
  '534': ['auth_failed', 'account'],
  '535': ['auth_failed', 'account'],
  '538': ['auth_failed', 'account'],
  'RCPT TO 550': ['invalid_mailbox', 'recipient'],
  '550': ['mail_refused', 'recipient'],
  '551': ['invalid_mailbox', 'recipient'],
  '552': ['mailbox_full', 'recipient'],
  'RCPT TO 553': ['invalid_mailbox', 'recipient'],
  '553': ['sender_not_approved', 'sender'],
  '554': ['mail_refused', 'recipient'],
  '555': ['bad_request', 'request'],
  '556': ['invalid_mailbox', 'recipient'],
  'MAIL FROM 550': ['sender_not_approved', 'sender'],
  'MAIL FROM 554': ['sender_not_approved', 'sender'],
};

/** nodemailer's codes when there is no reply, and the message had not begun. */
export const transportFailures: FailureTable = {
  ECONNECTION: ['connect_failed', 'platform'],
  ESOCKET: ['connect_failed', 'platform'],
  ETIMEDOUT: ['connect_failed', 'platform'],
  EDNS: ['connect_failed', 'platform'],
  ETLS: ['connect_failed', 'platform'],
  EPROXY: ['connect_failed', 'platform'],
  EABORT: ['connect_failed', 'platform'],
  EMAXLIMIT: ['connect_failed', 'platform'],
  EPROTOCOL: ['provider_unavailable', 'platform'],
  EREQUIRETLS: ['not_permitted', 'account'],
  EAUTH: ['auth_failed', 'account'],
  ENOAUTH: ['auth_failed', 'account'],
  EOAUTH2: ['auth_failed', 'account'],
  ECONFIG: ['bad_request', 'account'],
  // Without a reply these are nodemailer's own judgement of what it was given.
  EENVELOPE: ['invalid_mailbox', 'recipient'],
  EMESSAGE: ['bad_request', 'request'],
  ESTREAM: ['bad_request', 'request'],
  EOTP: ['bad_request', 'request'],
};

/** What a mail server said: a reply, or a bounce's Status and Diagnostic-Code. */
export interface SmtpReply {
  readonly text: string;
  readonly enhanced?: string | undefined;
  /** The reply code, 200 to 599. */
  readonly code?: number | undefined;
  /** The command it answered, e.g. `RCPT TO`; `CONN` and `EHLO` while the session was set up. */
  readonly command?: string | undefined;
}

/** The failure behind a reply; `secrets` are cut out of the detail. */
export function replyFailureOf(reply: SmtpReply, secrets: readonly string[] = []): Failure {
  const enhanced = reply.enhanced ?? enhancedIn(reply.text);
  const [kind, scope] = meaningOf({ ...reply, enhanced });
  const detail = redact(reply.text, secrets);
  const code = enhanced ?? (reply.code === undefined ? undefined : String(reply.code));
  return { kind, scope, ...(code === undefined ? {} : { code }), ...(detail === '' ? {} : { detail }) };
}

/**
 * The first enhanced code in a text, as in `550 5.1.1 No such user`. Of two side by side the second: servers built on a
 * library let it put a generic code before the one they mean.
 */
export const enhancedIn = (text: string): string | undefined =>
  /(?:^|[\s#(-])(?:[245]\.\d{1,3}\.\d{1,3}\s+)?([245]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(text)?.[1];

function meaningOf({ command, enhanced, code }: SmtpReply): readonly [FailureKind, FailureScope] {
  const temporary = enhanced?.startsWith('4') ?? (code !== undefined && code >= 400 && code < 500);
  if (command !== undefined && /^(CONN|EHLO|HELO|STARTTLS)/.test(command)) {
    // Refused before anything was said about a message: it is about us.
    if (temporary) return ['provider_unavailable', 'platform'];
    return command === 'STARTTLS' ? ['not_permitted', 'account'] : ['sender_not_approved', 'sender'];
  }
  const keys = [`${command} ${enhanced}`, `${enhanced}`, `${command} ${code}`, `${code}`];
  const key = keys.find((candidate) => Object.hasOwn(smtpFailures, candidate));
  const known = key === undefined ? undefined : smtpFailures[key];
  // Not in the table, but "later" all the same: such a server does not hold the message.
  return known ?? (temporary ? ['greylisted', 'recipient'] : ['unknown', 'recipient']);
}
