import type { VerificationRequestInput } from '@otp-relay/contracts';
import type { Delivery, TimelineEntry, Verification } from '@otp-relay/core';
import { whatsappTimeoutMs } from './demo-tenant.ts';
import type { PhoneMessage } from './simulated-phones.ts';

/** What became of a scenario's verification. */
export interface Seen {
  readonly verification: Verification;
  readonly entries: readonly TimelineEntry[];
  readonly phone: readonly PhoneMessage[];
}

export interface Scenario {
  readonly title: string;
  /** `phone(MM, TT)` is a number whose WhatsApp does MM and whose SMS does TT in the simulator. */
  request(phone: (whatsapp: string, sms?: string) => string): VerificationRequestInput;
  readonly delivery: Delivery;
  /** Every attempt in order, as `channel state`. */
  readonly attempts: readonly string[];
  /** What must be true besides. */
  readonly also?: Readonly<Record<string, (seen: Seen) => boolean>>;
}

/** How the simulator behaves besides: quick, but slow enough to watch; `late` is after WhatsApp's timeout. */
export const simulatorSettings = {
  sentAfterMs: 200,
  deliveredAfterMs: 600,
  readAfterMs: 1_000,
  lateAfterMs: whatsappTimeoutMs + 2_000,
} as const;

const email = 'ana@example.test';

/** What the demo shows, one promise each. MM and TT are listed at the simulator's `/_sim/behaviours.md`. */
export const scenarios: readonly Scenario[] = [
  {
    title: 'WhatsApp delivers',
    request: (phone) => ({ to: { phone: phone('00') } }),
    delivery: 'delivered',
    attempts: ['whatsapp delivered'],
  },
  {
    title: 'not on WhatsApp: SMS at once',
    request: (phone) => ({ to: { phone: phone('01') } }),
    delivery: 'delivered',
    attempts: ['whatsapp undelivered', 'sms delivered'],
    also: { 'SMS did not wait for the timeout': (seen) => smsBeganAfterMs(seen) < whatsappTimeoutMs },
  },
  {
    title: `WhatsApp is silent: SMS after ${whatsappTimeoutMs / 1_000} s`,
    request: (phone) => ({ to: { phone: phone('02') } }),
    delivery: 'delivered',
    attempts: ['whatsapp timed_out', 'sms delivered'],
    also: { 'SMS waited for the timeout': (seen) => smsBeganAfterMs(seen) >= whatsappTimeoutMs },
  },
  {
    title: 'no phone channel works: email',
    request: (phone) => ({ to: { phone: phone('01', '01'), email } }),
    delivery: 'unconfirmed',
    attempts: ['whatsapp undelivered', 'sms undelivered', 'email accepted'],
  },
  {
    title: 'receipts twice and reordered: one delivery',
    request: (phone) => ({ to: { phone: phone('04') } }),
    delivery: 'delivered',
    attempts: ['whatsapp delivered'],
    also: { 'delivered is recorded once': ({ entries }) => count(entries, 'delivered') === 1 },
  },
  {
    title: 'receipt after the fallback: nothing more is sent',
    request: (phone) => ({ to: { phone: phone('05', '02'), email } }),
    delivery: 'delivered',
    attempts: ['whatsapp delivered', 'sms sent'],
    also: {
      'the receipt is recorded as late': ({ entries }) =>
        entries.some((entry) => entry.type === 'attempt_delivered' && entry.detail.late === true),
    },
  },
  {
    title: 'payment in Portuguese: amount and payee in the text',
    request: () => ({
      to: { phone: '+5511987654321' },
      purpose: 'payment',
      locale: 'pt-BR',
      context: { amount: '129.90', currency: 'BRL', payee: 'Padaria Central' },
    }),
    delivery: 'delivered',
    attempts: ['sms delivered'],
    also: {
      'the text names the amount and the payee': ({ phone }) =>
        phone.some(({ text }) => /pagamento de 129[.,]90 BRL a Padaria Central/.test(text)),
    },
  },
];

const count = (entries: readonly TimelineEntry[], type: TimelineEntry['type']): number =>
  entries.filter((entry) => entry.type === type).length;

/** From WhatsApp's acceptance to the queueing of the SMS, ms. */
function smsBeganAfterMs({ verification }: Seen): number {
  const [whatsapp, sms] = verification.attempts;
  // A receipt may overtake the answer: the step's time counts from whichever came first.
  const known = [whatsapp?.acceptedAt, whatsapp?.sentAt].flatMap((at) => at ?? []);
  return (sms?.queuedAt ?? Number.NaN) - Math.min(...known);
}
