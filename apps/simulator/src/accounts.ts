import { z } from 'zod';

const secret = z.string().min(1).max(512);

const MetaAccount = z.strictObject({
  accessToken: secret.optional(),
  appSecret: secret.optional(),
  webhookUrl: z.url().nullable().optional(),
  verifyToken: secret.optional(),
  wabaId: z.string().regex(/^\d+$/).optional(),
  displayPhoneNumber: z.string().optional(),
});

const TwilioAccount = z.strictObject({
  authToken: secret,
  apiKeys: z.record(z.string().startsWith('SK'), secret).optional(),
  /** Messaging Service SID → the senders in its pool, e.g. `["+15017122661", "rcs:brand"]`. */
  messagingServices: z.record(z.string().startsWith('MG'), z.array(z.string()).min(1)).optional(),
  /** Test credentials: nothing is delivered and no callback is sent. */
  test: z.boolean().optional(),
});

const SmtpAccount = z.strictObject({ password: secret });

/** Body of `PUT /_sim/accounts`: the accounts named are set, `null` removes one, all others stay. */
export const AccountsChange = z.strictObject({
  meta: z.record(z.string(), MetaAccount.nullable()).optional(),
  twilio: z.record(z.string(), TwilioAccount.nullable()).optional(),
  smtp: z.record(z.string(), SmtpAccount.nullable()).optional(),
});

export type MetaAccount = z.output<typeof MetaAccount>;
export type TwilioAccount = z.output<typeof TwilioAccount>;
export type SmtpAccount = z.output<typeof SmtpAccount>;

/**
 * The customers of each provider. A provider without a single account takes anyone;
 * from the first one on it knows only those it was told of.
 */
export class Accounts {
  readonly meta = new Map<string, MetaAccount>();
  readonly twilio = new Map<string, TwilioAccount>();
  readonly smtp = new Map<string, SmtpAccount>();

  change(change: z.output<typeof AccountsChange>): void {
    applyTo(this.meta, change.meta);
    applyTo(this.twilio, change.twilio);
    applyTo(this.smtp, change.smtp);
  }

  clear(): void {
    this.meta.clear();
    this.twilio.clear();
    this.smtp.clear();
  }

  show(): Record<string, unknown> {
    return {
      meta: Object.fromEntries(this.meta),
      twilio: Object.fromEntries(this.twilio),
      smtp: Object.fromEntries(this.smtp),
    };
  }
}

function applyTo<T>(accounts: Map<string, T>, change: Record<string, T | null> = {}): void {
  for (const [name, account] of Object.entries(change)) {
    if (account === null) {
      accounts.delete(name);
    } else {
      accounts.set(name, account);
    }
  }
}
