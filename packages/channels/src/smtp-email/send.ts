import type { Failure, FailureKind } from '@otp-relay/core';
import type { NodemailerError, SendMailOptions } from 'nodemailer';
import type { OutboundMessage, SendOutcome } from '../provider.ts';
import type { SmtpAccount } from './config.ts';
import { replyFailureOf, transportFailures } from './failures.ts';
import type { Transport } from './transport.ts';

/** Exactly one mailbox: a comma or an angle bracket would make nodemailer see several recipients. */
const mailbox = /^[^\s<>"(),:;@]{1,64}@[^\s<>"(),:;@]{1,253}$/;

/** Hands one mail to the server. `accepted` is the most SMTP can say; only a bounce says more. */
export async function send(
  transport: Transport,
  account: SmtpAccount,
  message: OutboundMessage,
): Promise<SendOutcome> {
  if (!mailbox.test(message.to)) {
    return { kind: 'refused', failure: { kind: 'invalid_mailbox', scope: 'recipient', code: 'syntax' } };
  }
  const delivery = await transport.deliver(mailOf(account, message));
  if ('error' in delivery) {
    return outcomeOf(delivery.error, delivery.begun, [message.code.reveal(), message.to]);
  }
  const queueId = /queued as\s+<?([\w.-]{1,64})/i.exec(delivery.response)?.[1];
  return { kind: 'accepted', providerRef: queueId ?? delivery.serverMessageId ?? null };
}

function mailOf(account: SmtpAccount, message: OutboundMessage): SendMailOptions & { messageId: string } {
  const { attemptId, to, text, brand, signal } = message;
  const { from, domain, origin, bounceDomain } = account;
  const code = message.code.reveal();
  const subject = text.subject ?? brand;
  return {
    messageId: `<${attemptId}@${domain}>`,
    from,
    to: { name: '', address: to },
    // Our own return path finds the attempt of a bounce, however little of the mail it quotes.
    envelope: { from: bounceDomain === undefined ? from.address : `bounce+${attemptId}@${bounceDomain}`, to },
    // A subject is shown on lock screens and written to every log on the way.
    subject: subject.includes(code) ? brand : subject,
    text: text.text,
    ...(text.html === undefined ? {} : { html: text.html }),
    ...(origin === undefined ? {} : { otp: { code, origin } }),
    // Headers only, so that a bounce does not carry the text back. News of success only where somebody reads it.
    dsn: {
      id: attemptId,
      return: 'headers',
      notify: bounceDomain === undefined ? ['failure'] : ['success', 'failure', 'delay'],
      recipient: to,
    },
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    ...(signal === undefined ? {} : { signal }),
  };
}

function outcomeOf(error: NodemailerError, begun: boolean, secrets: readonly string[]): SendOutcome {
  const { code = error.name, command, response, responseCode, originalCode } = error;
  // A reply of 2xx or 3xx in the wrong place refuses nothing.
  if (responseCode !== undefined && responseCode >= 400 && response !== undefined) {
    const later = responseCode < 500;
    // Whatever the server says to AUTH is about the account, not about this recipient.
    const failure: Failure =
      code === 'EAUTH'
        ? {
            kind: later ? 'provider_unavailable' : 'auth_failed',
            scope: 'account',
            code: String(responseCode),
          }
        : replyFailureOf({ text: response, code: responseCode, command }, secrets);
    return { kind: 'refused', failure };
  }
  if (begun) {
    return { kind: 'uncertain', failure: { kind: afterContent(code), scope: 'platform', code } };
  }
  const known = Object.hasOwn(transportFailures, code) ? transportFailures[code] : undefined;
  const [kind, scope] = known ?? (['unknown', 'request'] as const);
  return { kind: 'refused', failure: { kind, scope, code: originalCode ?? code } };
}

function afterContent(code: string): FailureKind {
  if (code === 'ETIMEDOUT' || code === 'EABORT') return 'provider_timeout';
  // EMESSAGE here: something was answered to the content, but no reply code.
  return code === 'EPROTOCOL' || code === 'EMESSAGE' ? 'unreadable_answer' : 'connection_lost';
}
