import type { FieldProblem } from '@otp-relay/contracts';
import { type NumberType, numberTypes } from '@otp-relay/core';
import { type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** A person's addresses, normalised: E.164 and a mailbox with a lower-case domain. */
export interface Recipient {
  readonly phone?: string;
  readonly email?: string;
  /** E.164 country calling code without `+`; null without a phone. */
  readonly callingCode: string | null;
  /** ISO 3166-1 alpha-2; null without a phone, or when the calling code is shared and the number does not tell. */
  readonly country: string | null;
  /** All countries the number may belong to when `country` does not say. */
  readonly possibleCountries: readonly string[];
  /** Mobile, premium-rate, voicemail …; null when its numbering plan does not tell. */
  readonly numberType: NumberType | null;
  /** For people: enough to recognise, too little to use. */
  readonly masked: string;
}

export function readRecipient(to: {
  phone?: string | undefined;
  email?: string | undefined;
}): Recipient | { readonly problem: FieldProblem } {
  const email = to.email === undefined ? undefined : normalEmail(to.email);
  if (to.phone === undefined)
    return {
      ...(email !== undefined && { email }),
      callingCode: null,
      country: null,
      possibleCountries: [],
      numberType: null,
      masked: maskEmail(email ?? ''),
    };
  const number = parsePhoneNumberFromString(to.phone);
  if (!number?.isPossible())
    return {
      problem: {
        path: 'to.phone',
        problem: 'is not a possible phone number; check the country code and the length',
      },
    };
  return {
    phone: number.number,
    ...(email !== undefined && { email }),
    callingCode: number.countryCallingCode,
    country: number.country ?? null,
    possibleCountries: number.country === undefined ? number.getPossibleCountries() : [],
    numberType: typeOf(number),
    masked: email === undefined ? maskPhone(number) : `${maskPhone(number)}, ${maskEmail(email)}`,
  };
}

/** By the full metadata of libphonenumber; a range it does not know (yet) tells nothing. */
const typeOf = (number: PhoneNumber): NumberType | null => {
  const type = number.getType();
  return numberTypes.find((known) => known === type) ?? null;
};

const normalEmail = (email: string): string => {
  const at = email.lastIndexOf('@');
  return email.slice(0, at) + email.slice(at).toLowerCase();
};

/** `+14155550100` → `+1 ••• 00`: the country and the last two digits. */
const maskPhone = (number: { countryCallingCode: string; nationalNumber: string }): string =>
  `+${number.countryCallingCode} ••• ${number.nationalNumber.slice(-2)}`;

/** `ana.lima@example.com` → `a•••@example.com` */
const maskEmail = (email: string): string => {
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${email.slice(0, 1)}•••${email.slice(at)}`;
};
