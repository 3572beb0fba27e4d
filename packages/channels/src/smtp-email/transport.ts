import type { Readable } from 'node:stream';
import nodemailer, { type NodemailerError, type SendMailOptions } from 'nodemailer';
import type { SmtpAccount } from './config.ts';

/** Silence at any point of the conversation. */
const silenceMs = 3_000;
/** The whole delivery, waiting for a free connection included. */
const totalMs = 4_500;

/** What became of one mail. `begun`: some of its content had left, so without a reply it may have been taken. */
export type Delivery =
  | { readonly response: string; readonly serverMessageId: string | undefined }
  | { readonly error: NodemailerError; readonly begun: boolean };

export interface Transport {
  deliver(mail: SendMailOptions & { readonly messageId: string }): Promise<Delivery>;
  close(): void;
}

/** A pool of authenticated connections to one mail server. */
export function openTransport(account: SmtpAccount): Transport {
  const { host, port, security, ca, auth, maxConnections } = account;
  const mailer = nodemailer.createTransport({
    pool: true,
    maxConnections,
    // Only for a connection the server had dropped before the message began.
    maxRequeues: 1,
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(auth === undefined ? {} : { auth: { user: auth.user, pass: auth.password.reveal() } }),
    dnsTimeout: silenceMs,
    connectionTimeout: silenceMs,
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    socketCloseTimeout: 500,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  // nodemailer reports a timeout the same before and after DATA; whether the content was read tells them apart.
  const contents = new Map<string, Readable[]>();
  mailer.use('stream', (mail, done) => {
    const { message, data } = mail;
    const open = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const content = open(options);
      contents.get(data.messageId ?? '')?.push(content);
      return content;
    };
    done();
  });

  return {
    async deliver(mail) {
      const opened: Readable[] = [];
      contents.set(mail.messageId, opened);
      const limit = AbortSignal.timeout(totalMs);
      const signal = mail.signal === undefined ? limit : AbortSignal.any([limit, mail.signal]);
      try {
        const { response, serverMessageId } = await mailer.sendMail({ ...mail, signal });
        return { response, serverMessageId };
      } catch (error) {
        // Everything nodemailer rejects with is a NodemailerError.
        return {
          error: error as NodemailerError,
          begun: opened.some((content) => content.readableDidRead),
        };
      } finally {
        contents.delete(mail.messageId);
      }
    },
    close: () => mailer.close(),
  };
}
