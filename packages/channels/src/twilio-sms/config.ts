import type { Secret } from '@otp-relay/core';
import { z } from 'zod';
import { baseUrl, mustParse, parseAccount, secret, unknownSecret } from '../account.ts';
import type { AccountInput, ParsedAccount } from '../provider.ts';

/** A Twilio account and one of its senders. */
export interface TwilioAccount {
  readonly accountSid: string;
  readonly sender: { readonly from: string } | { readonly messagingServiceSid: string };
  /** Instead of https://api.twilio.com; for a simulator. */
  readonly baseUrl: string | undefined;
  /** Twilio signs its callbacks with this one, even for accounts that send with an API key. */
  readonly authToken: Secret;
  readonly apiKey: { readonly sid: string; readonly secret: Secret } | undefined;
}

const sid = (prefix: string, fix: string) =>
  z.string(fix).regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), fix);
const oneSender = 'Give either "from" or "messagingServiceSid".';
const bothParts = 'Give both "apiKeySid" and "apiKeySecret", or neither.';

const schema = z
  .strictObject({
    settings: z.strictObject({
      accountSid: sid('AC', 'Copy "Account SID" (AC and 32 hex digits) from the Twilio console.'),
      from: z
        .string()
        // A number, a short code, or an alphanumeric sender id (up to 11 characters, at least one letter).
        .regex(
          /^(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
          'Use a number like "+15005550006", a short code, or a sender id of at most 11 letters and digits.',
        )
        .optional(),
      messagingServiceSid: sid(
        'MG',
        'Copy the SID (MG and 32 hex digits) of the Messaging Service.',
      ).optional(),
      baseUrl: baseUrl('Use an http(s) URL, or leave it out for https://api.twilio.com.').optional(),
    }),
    credentials: z.strictObject({
      authToken: secret('Copy "Auth Token" from the Twilio console; callbacks are signed with it.'),
      apiKeySid: sid('SK', 'Copy the API key SID (SK and 32 hex digits).').optional(),
      apiKeySecret: secret('Copy the API key secret.').optional(),
    }),
  })
  .transform(({ settings, credentials }, context): TwilioAccount => {
    const { accountSid, from, messagingServiceSid } = settings;
    const { authToken, apiKeySid, apiKeySecret } = credentials;
    const problem = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: undefined });
    if ((from === undefined) === (messagingServiceSid === undefined))
      problem(['settings', 'from'], oneSender);
    if ((apiKeySid === undefined) !== (apiKeySecret === undefined)) {
      problem(['credentials', apiKeySid === undefined ? 'apiKeySid' : 'apiKeySecret'], bothParts);
    }
    return {
      accountSid,
      sender: messagingServiceSid === undefined ? { from: from ?? '' } : { messagingServiceSid },
      baseUrl: settings.baseUrl,
      authToken,
      apiKey:
        apiKeySid === undefined || apiKeySecret === undefined
          ? undefined
          : { sid: apiKeySid, secret: apiKeySecret },
    };
  });

export const parseTwilioAccount = (input: AccountInput): ParsedAccount<TwilioAccount> =>
  parseAccount(schema, input);

export const twilioStranger: TwilioAccount = mustParse(
  parseTwilioAccount({
    settings: { accountSid: `AC${'0'.repeat(32)}`, from: '00000' },
    credentials: { authToken: unknownSecret() },
  }),
);
