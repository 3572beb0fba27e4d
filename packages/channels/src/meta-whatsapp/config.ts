import type { Secret } from '@otp-relay/core';
import { z } from 'zod';
import { baseUrl, mustParse, parseAccount, secret, unknownSecret } from '../account.ts';
import type { AccountInput, ParsedAccount } from '../provider.ts';

/** A template of the tenant's own with three places in its body. */
export interface TransactionTemplate {
  readonly name: string;
  /** Meta's codes (`es_AR`), the default first. */
  readonly languages: readonly [string, ...string[]];
}

/** A WhatsApp business phone number and its authentication template. */
export interface MetaAccount {
  readonly phoneNumberId: string;
  readonly wabaId: string | undefined;
  /** Graph's base URL with the version, e.g. `https://graph.facebook.com/v25.0`. */
  readonly graphUrl: string;
  readonly template: {
    readonly name: string;
    /** Meta's codes (`es_AR`), the default first. */
    readonly languages: readonly [string, ...string[]];
    readonly buttons: 'copy_code' | 'one_tap' | 'zero_tap' | 'none';
  };
  /** UTILITY templates that show a transaction beside its code, by purpose. */
  readonly transactions: Readonly<Partial<Record<'payment' | 'signature', TransactionTemplate>>>;
  readonly accessToken: Secret;
  readonly appSecret: Secret;
  readonly verifyToken: Secret;
}

const id = (fix: string) => z.string(fix).regex(/^\d{5,30}$/, fix);
const language = z
  .string('Use a template language code of Meta, like "en_US" or "es".')
  .regex(/^[a-z]{2,3}([_-][A-Za-z]{2})?$/, 'Use a template language code of Meta, like "en_US" or "es".')
  .transform((code) => code.replace('-', '_'));
const languages =
  'List at least one language the template is approved in, the default first, like ["en_US"].';

const transactionTemplate = (places: string) =>
  z
    .strictObject({
      name: z
        .string('Use the name of an approved UTILITY template.')
        .regex(/^[a-z0-9_]{1,512}$/, 'Use the template name: lower-case letters, digits and "_".'),
      languages: z.tuple([language], language, languages),
    })
    .optional()
    .describe(`A UTILITY template whose body has three places: ${places}.`);

const schema = z
  .strictObject({
    settings: z.strictObject({
      phoneNumberId: id('Copy "Phone number ID" (digits) from WhatsApp Manager > API setup.'),
      wabaId: id('Copy "WhatsApp Business Account ID" (digits) from WhatsApp Manager.').optional(),
      baseUrl: baseUrl('Use an http(s) URL, or leave it out for https://graph.facebook.com.').default(
        'https://graph.facebook.com',
      ),
      // v25.0 lives until 2028-07-29 (Graph API changelog).
      graphVersion: z
        .string('Use a Graph API version like "v25.0".')
        .regex(/^v\d{1,2}\.\d$/, 'Use a Graph API version like "v25.0".')
        .default('v25.0'),
      template: z.strictObject(
        {
          name: z
            .string('Use the name of an approved AUTHENTICATION template.')
            .regex(/^[a-z0-9_]{1,512}$/, 'Use the template name: lower-case letters, digits and "_".'),
          languages: z.tuple([language], language, languages),
          buttons: z
            .enum(
              ['copy_code', 'one_tap', 'zero_tap', 'none'],
              'Use "copy_code", "one_tap", "zero_tap" or "none".',
            )
            .default('copy_code'),
        },
        'Give the template: {"name": "verification_code", "languages": ["en_US"]}.',
      ),
      // Meta fixes the words of authentication templates: they have no place for an amount or a document.
      transactions: z
        .strictObject({
          payment: transactionTemplate('{{1}} the code, {{2}} amount and currency, {{3}} the payee'),
          signature: transactionTemplate(
            "{{1}} the code, {{2}} the title, {{3}} the start of the document's hash",
          ),
        })
        .prefault({}),
    }),
    credentials: z.strictObject({
      accessToken: secret('Create a system user token with the whatsapp_business_messaging permission.'),
      appSecret: secret('Copy "App secret" from the app dashboard > Settings > Basic.'),
      verifyToken: secret('Choose a random text and enter the same in the webhook settings of the app.'),
    }),
  })
  .transform(({ settings, credentials }): MetaAccount => {
    const { baseUrl: graph, graphVersion, wabaId, ...rest } = settings;
    return { ...rest, wabaId, ...credentials, graphUrl: `${graph}/${graphVersion}` };
  });

export const parseMetaAccount = (input: AccountInput): ParsedAccount<MetaAccount> =>
  parseAccount(schema, input);

export const metaStranger: MetaAccount = mustParse(
  parseMetaAccount({
    settings: { phoneNumberId: '00000', template: { name: 'none', languages: ['en'] } },
    credentials: { accessToken: unknownSecret(), appSecret: unknownSecret(), verifyToken: unknownSecret() },
  }),
);
