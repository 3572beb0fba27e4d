import { minorUnits, paymentContext, signatureContext } from '@otp-relay/contracts';
import fc from 'fast-check';

/** What a code can be bound to, as a caller sends it. */
export type Context = Readonly<Record<string, string>>;

const words = [
  'Acme',
  'Books',
  'Café',
  'Müller',
  'Łódź',
  'Пятёрочка',
  'Παντοπωλείο',
  '株式会社',
  'مكتبة',
  "L'Épicerie",
  '7-Eleven',
  '№ 4',
  'Å',
  'ﬁne',
  'Lease',
  '(2)',
] as const;
const name = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 })
  .map((some) => some.join(' '));

const currency = fc.constantFrom(...minorUnits.keys());
const payment = fc
  .record({
    whole: fc.integer({ min: 0, max: 999_999_999 }),
    cents: fc.nat({ max: 9_999 }),
    currency,
    payee: name,
  })
  .chain(({ whole, cents, currency: code, payee }) => {
    const digits = minorUnits.get(code) ?? 0;
    const decimals = String(cents).padStart(4, '0').slice(0, digits);
    return fc
      .constantFrom(String(whole), ...(digits > 0 ? [`${whole}.${decimals}`] : []))
      .map((amount): Context => ({ amount, currency: code, payee }));
  })
  .filter((context) => paymentContext.safeParse(context).success);

const hex = fc.constantFrom(...'0123456789abcdef');
const signature = fc
  .record({ documentTitle: name, documentHash: fc.string({ unit: hex, minLength: 64, maxLength: 64 }) })
  .map((context): Context => context)
  .filter((context) => signatureContext.safeParse(context).success);

/** Contexts the contracts accept: payments in every currency, documents, names in many scripts. */
export const anyContext: fc.Arbitrary<Context> = fc.oneof(payment, signature);
