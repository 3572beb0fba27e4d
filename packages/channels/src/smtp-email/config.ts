import type { Secret } from '@otp-relay/core';
import { z } from 'zod';
import { mustParse, parseAccount, secret, unknownSecret } from '../account.ts';
import type { AccountInput, ParsedAccount } from '../provider.ts';

/** A mail server and the sender it lets us use. */
export interface SmtpAccount {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `starttls` required before anything else, or `none`. */
  readonly security: 'tls' | 'starttls' | 'none';
  /** PEM certificates to trust besides the system's. */
  readonly ca: string | undefined;
  readonly from: { readonly name: string; readonly address: string };
  /** The domain of `from`; also that of every Message-ID. */
  readonly domain: string;
  /** The site the code belongs to: mail programs may fill it in there (OTP-Token header). */
  readonly origin: string | undefined;
  /** Where bounces go: the envelope sender is `bounce+<attempt id>@<bounceDomain>`. */
  readonly bounceDomain: string | undefined;
  readonly maxConnections: number;
  readonly auth: { readonly user: string; readonly password: Secret } | undefined;
  /** What the pipe that posts bounces must present; without it bounces are refused. */
  readonly bounceToken: Secret | undefined;
}

const hostName = (fix: string) =>
  z.string(fix).regex(/^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]{2,45}$/, fix);
const origin = 'Use the https origin of the site, like "https://example.com".';
const from = 'Use a mailbox like "no-reply@example.com" or "Example <no-reply@example.com>".';
const mailbox =
  /^(?:"?(?<name>[^"<>@\r\n]{0,100}?)"?\s*<)?(?<address>[^\s<>"(),:;@]{1,64}@(?<domain>[A-Za-z0-9.-]{1,253}))>?$/;
const bothParts = 'Give both "user" and "password", or neither.';
const inTheClear = 'Use "security": "starttls" or "tls": a password must not travel in the clear.';
const loopback = new Set(['localhost', '127.0.0.1', '::1']);

const schema = z
  .strictObject({
    settings: z.strictObject({
      host: hostName('Use the host name of the mail server, like "smtp.example.com".'),
      port: z.int('Use a port between 1 and 65535; 587 when left out.').min(1).max(65_535).default(587),
      security: z.enum(['tls', 'starttls', 'none'], 'Use "tls" (port 465), "starttls" or "none".').optional(),
      ca: z.string('Use PEM text.').startsWith('-----BEGIN CERTIFICATE-----', 'Use PEM text.').optional(),
      from: z.string(from).regex(mailbox, from),
      origin: z.url({ protocol: /^https$/, error: origin }).optional(),
      bounceDomain: hostName('Use a domain whose mail you can pipe to the webhook.').optional(),
      maxConnections: z.int('Use a number of connections between 1 and 100.').min(1).max(100).default(5),
    }),
    credentials: z.strictObject({
      user: z.string('Use the SMTP user name.').min(1, 'Use the SMTP user name.').optional(),
      password: secret('Use the SMTP password.').optional(),
      bounceToken: secret('Choose a random text for the bounce pipe.').optional(),
    }),
  })
  .transform(({ settings, credentials }, context): SmtpAccount => {
    const { user, password, bounceToken } = credentials;
    const { host, port, ca, bounceDomain, maxConnections } = settings;
    const security = settings.security ?? (port === 465 ? 'tls' : 'starttls');
    const parts = mailbox.exec(settings.from)?.groups;
    const problem = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: undefined });
    if ((user === undefined) !== (password === undefined)) {
      problem(['credentials', user === undefined ? 'user' : 'password'], bothParts);
    }
    if (user !== undefined && security === 'none' && !loopback.has(host)) {
      problem(['settings', 'security'], inTheClear);
    }
    return {
      host,
      port,
      security,
      ca,
      from: { name: parts?.name?.trim() ?? '', address: parts?.address ?? '' },
      domain: parts?.domain ?? '',
      origin: settings.origin,
      bounceDomain,
      maxConnections,
      auth: user === undefined || password === undefined ? undefined : { user, password },
      bounceToken,
    };
  });

export const parseSmtpAccount = (input: AccountInput): ParsedAccount<SmtpAccount> =>
  parseAccount(schema, input);

export const smtpStranger: SmtpAccount = mustParse(
  parseSmtpAccount({
    settings: { host: 'localhost', from: 'nobody@localhost' },
    credentials: { bounceToken: unknownSecret() },
  }),
);
