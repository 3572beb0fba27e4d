/**
 * What a failure means for the next move. The outside world said no: a value, never an exception.
 *
 * - `transient`  surely not sent: retry this step inside its deadline, then failover, then fallback
 * - `uncertain`  may have been sent: never repeated blindly, waits for a receipt until the deadline
 * - `channel`    this channel will not work for this person now: fallback at once
 * - `address`    the address itself is wrong: skip every later step that uses it
 * - `setup`      the tenant's account, sender or template is at fault: failover at once and tell the operator
 * - `policy`     opt-out, block or fraud: stop, never buy a dearer channel
 * - `unknown`    unmapped: kept verbatim and counted; fallback
 */
export const failureClasses = [
  'transient',
  'uncertain',
  'channel',
  'address',
  'setup',
  'policy',
  'unknown',
] as const;
export type FailureClass = (typeof failureClasses)[number];

/** The move a failure class leads to. `retry` and `failover` degrade to the next one when impossible. */
export type Move = 'retry' | 'wait' | 'failover' | 'fallback' | 'skip_address' | 'stop';

export const moveOf: Readonly<Record<FailureClass, Move>> = {
  transient: 'retry',
  uncertain: 'wait',
  channel: 'fallback',
  address: 'skip_address',
  setup: 'failover',
  policy: 'stop',
  unknown: 'fallback',
};

/** Every failure the product knows: its class and a sentence for people. One line each; the reference page is generated from it. */
export const failureKinds = {
  provider_unavailable: ['transient', 'The provider is down or overloaded.'],
  rate_limited: ['transient', 'The provider asks to slow down.'],
  connect_failed: ['transient', 'No connection to the provider; nothing was sent.'],
  greylisted: ['transient', 'The mail server asks to try again later.'],

  provider_timeout: ['uncertain', 'The provider did not answer in time; the message may exist.'],
  connection_lost: [
    'uncertain',
    'The connection broke after the request was written; the message may exist.',
  ],
  unreadable_answer: ['uncertain', 'The provider answered something unreadable; the message may exist.'],

  not_on_whatsapp: ['channel', 'This number has no WhatsApp, or cannot receive it.'],
  not_rcs_capable: ['channel', 'This number cannot receive RCS.'],
  unreachable: ['channel', 'The phone is off, roaming or not in service.'],
  carrier_filtered: ['channel', 'The carrier filtered the message.'],
  carrier_congested: ['channel', 'The carrier did not deliver in time.'],
  landline: ['channel', 'This number is a landline and cannot receive messages.'],
  unsubscribed: ['channel', 'The person opted out of messages from this sender.'],
  recipient_blocked: ['channel', 'The provider will not message this person.'],
  country_restricted: ['channel', 'This sender may not message that country.'],
  message_expired: ['channel', 'The message waited too long at the provider and was dropped.'],
  mailbox_full: ['channel', 'The mailbox is full.'],
  mail_refused: ['channel', 'The receiving mail server refused the message.'],

  invalid_number: ['address', 'This is not a valid phone number.'],
  invalid_mailbox: ['address', 'This mailbox does not exist.'],

  auth_failed: ['setup', 'The provider refused the credentials.'],
  account_restricted: ['setup', 'The provider account is locked, suspended or out of quota.'],
  insufficient_funds: ['setup', 'The provider account has a payment problem.'],
  sender_not_approved: ['setup', 'The sender is not valid, not approved or not registered.'],
  sender_unavailable: ['setup', 'The sender is temporarily unusable.'],
  template_missing: ['setup', 'The message template does not exist in this language.'],
  template_paused: ['setup', 'The message template is paused, disabled or rejected.'],
  not_permitted: ['setup', 'The account lacks a permission for this message.'],
  bad_request: ['setup', 'The provider refused the request as malformed.'],

  opted_out: ['policy', 'The person opted out of all messages.'],
  blocked: ['policy', 'The recipient is blocked.'],
  suspected_fraud: ['policy', 'The provider suspects traffic pumping.'],

  unknown: ['unknown', 'The provider gave a reason we do not know.'],
} as const satisfies Record<string, readonly [FailureClass, string]>;
export type FailureKind = keyof typeof failureKinds;

/** What a failure is about, narrowest first: a breaker opens at this scope. */
export const failureScopes = [
  'request',
  'recipient',
  'template',
  'sender',
  'account',
  'country',
  'platform',
] as const;
export type FailureScope = (typeof failureScopes)[number];

/** One failure. `code` and `detail` are the provider's words, verbatim but with no address and no code in them. */
export interface Failure {
  readonly kind: FailureKind;
  readonly scope: FailureScope;
  readonly code?: string;
  readonly detail?: string;
}

export const classOf = (failure: Failure): FailureClass => failureKinds[failure.kind][0];
export const explain = (failure: Failure): string => failureKinds[failure.kind][1];
