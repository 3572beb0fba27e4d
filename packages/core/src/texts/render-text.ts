import type { Channel, Purpose } from '../channel.ts';
import type { Secret } from '../secret.ts';
import { advice, ignoreAdvice } from './advice.ts';
import { paymentLead, signatureLead } from './context-lead.ts';
import { expiryNotice } from './expiry.ts';
import { fill, oneLine } from './fill.ts';
import { codeLead, resetLead } from './lead.ts';
import type { Locale } from './locale.ts';
import { gapOf, localeFor } from './locale.ts';
import { mailHtml } from './mail-html.ts';
import { smsText } from './sms-text.ts';
import { subjects } from './subject.ts';

/** What the code is bound to; the person must see it beside the code. */
export type TextContext =
  | { readonly amount: string; readonly currency: string; readonly payee: string }
  | { readonly documentTitle: string; readonly documentHash: string };

export interface TextRequest {
  readonly channel: Channel;
  readonly purpose: Purpose;
  /** A language tag, e.g. `es-AR`; falls back to its language, then to English. */
  readonly locale: string;
  readonly code: Secret;
  readonly brand: string;
  /** Life left, ms. */
  readonly lifeMs: number;
  /** Host of the site that asks for the code: an SMS ends with `@host #code`, so only that site is offered it. */
  readonly origin?: string | undefined;
  /** 11 characters that let one Android app read the SMS by itself (SMS Retriever). */
  readonly androidHash?: string | undefined;
  readonly context?: TextContext | undefined;
}

/** What one channel sends. Holds the code in the open: hand it to the provider and forget it. */
export interface RenderedText {
  readonly text: string;
  readonly subject?: string;
  readonly html?: string;
}

/** The words for one attempt. Pure; never throws for what a tenant or a user typed. */
export function renderText(request: TextRequest): RenderedText {
  const { channel, lifeMs, origin, androidHash } = request;
  const locale = localeFor(request.locale);
  const code = request.code.reveal();
  const lead = leadOf(request, locale, code);
  const expiry = expiryNotice(locale, lifeMs);
  const gap = gapOf(locale);
  switch (channel) {
    case 'sms':
      return { text: smsText([lead, advice[locale], expiry], gap, { code, origin, androidHash }) };
    case 'whatsapp':
    case 'rcs':
      return { text: [lead, advice[locale], expiry].join(gap) };
    case 'voice': {
      // Digit by digit, twice: a voice reads 482913 as a number, and nobody has a pen ready the first time.
      const spoken = leadOf(request, locale, [...code].join(', '));
      return { text: [spoken, spoken, advice[locale]].join(gap) };
    }
    case 'email':
      return mail(request.brand, locale, code, lead, advice[locale] + gap + expiry);
  }
}

function leadOf({ purpose, brand, context }: TextRequest, locale: Locale, code: string): string {
  const common = { code, brand: oneLine(brand, 40) };
  if (context && 'payee' in context) {
    const amount = oneLine(context.amount, 20);
    const currency = oneLine(context.currency, 3);
    return fill(paymentLead[locale], { ...common, amount, currency, payee: oneLine(context.payee, 70) });
  }
  if (context) {
    const hash = oneLine(context.documentHash, 64).slice(0, 8);
    return fill(signatureLead[locale], { ...common, title: oneLine(context.documentTitle, 70), hash });
  }
  return fill((purpose === 'password_reset' ? resetLead : codeLead)[locale], common);
}

function mail(brand: string, locale: Locale, code: string, lead: string, notice: string): RenderedText {
  const named = fill(subjects[locale], { brand: oneLine(brand, 40) });
  // A brand that happens to hold the code's digits must not smuggle them into a subject.
  const subject = named.includes(code) ? oneLine(fill(subjects[locale], { brand: '' }), 80) : named;
  const ignore = ignoreAdvice[locale];
  return {
    subject,
    text: `${lead}\n\n${notice}\n\n${ignore}\n`,
    html: mailHtml({ locale, subject, preheader: notice, lead, code, notice, ignore }),
  };
}
