/** Ways to reach a person, cheapest concept first: one word per medium, never per company. */
export const channels = ['whatsapp', 'sms', 'rcs', 'voice', 'email'] as const;
export type Channel = (typeof channels)[number];

/** Companies or protocols behind a channel. Adding one: a folder in `channels` plus a line here and in its shelf. */
export const providers = ['meta-whatsapp', 'twilio-sms', 'smtp-email'] as const;
export type ProviderName = (typeof providers)[number];

/** The two kinds of address a person can have. */
export const addressKinds = ['phone', 'email'] as const;
export type AddressKind = (typeof addressKinds)[number];

/** The kind of address a channel needs. */
export const addressKindOf = (channel: Channel): AddressKind => (channel === 'email' ? 'email' : 'phone');

/** What a code is for. `auth` is log-in and second factor. */
export const purposes = ['sign_up', 'auth', 'password_reset', 'payment', 'signature'] as const;
export type Purpose = (typeof purposes)[number];
