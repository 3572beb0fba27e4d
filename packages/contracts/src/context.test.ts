import { describe, expect, it } from '@jest/globals';
import { paymentContext, signatureContext } from './context.ts';
import { minorUnits } from './currencies.ts';

const payment = { amount: '129.90', currency: 'EUR', payee: 'Acme Books' };
const document = { documentTitle: 'Lease, flat 4', documentHash: 'a0'.repeat(32) };

const isPayment = (change: object): boolean => paymentContext.safeParse({ ...payment, ...change }).success;
const isPayee = (payee: string): boolean => isPayment({ payee });

describe('paymentContext', () => {
  it.each([
    ['129.90', 'EUR'],
    ['129', 'EUR'],
    ['0.00', 'USD'],
    ['999999999999.99', 'GBP'],
    ['1500', 'JPY'],
    ['1.250', 'BHD'],
    ['1.2500', 'CLF'],
  ])('takes %s %s', (amount, currency) => expect(isPayment({ amount, currency })).toBe(true));

  it.each([
    ['129.9', 'EUR'],
    ['129.900', 'EUR'],
    ['1500.00', 'JPY'],
    ['1.25', 'BHD'],
    ['0129.90', 'EUR'],
    ['00', 'EUR'],
    ['.90', 'EUR'],
    ['129.', 'EUR'],
    ['1,290.00', 'EUR'],
    ['129,90', 'EUR'],
    ['1e3', 'EUR'],
    ['-1.00', 'EUR'],
    ['+1.00', 'EUR'],
    [' 1.00', 'EUR'],
    ['1.00\n', 'EUR'],
    ['１.00', 'EUR'],
    ['٣.00', 'EUR'],
    ['1000000000000.00', 'EUR'],
    ['', 'EUR'],
  ])('refuses the amount %j %s', (amount, currency) => expect(isPayment({ amount, currency })).toBe(false));

  it.each(['eur', 'EURO', 'EU', 'DEM', 'XXX', 'XAU', 'BTC', 'ABC', 'ЕUR', ''])(
    'refuses the currency %j',
    (currency) => expect(isPayment({ amount: '1', currency })).toBe(false),
  );

  it('knows the currencies in use, each once', () => {
    expect(minorUnits.size).toBe(164);
    for (const code of minorUnits.keys()) expect(code).toMatch(/^[A-Z]{3}$/);
  });

  it.each([
    'Acme Books',
    'Łódź Śląska',
    'Παντοπωλείο',
    'Пятёрочка',
    '株式会社ＡＢＣ',
    'مكتبة',
    'क्‍षेत्र बुक्स',
    "L'Épicerie & Co. (2)",
    '7-Eleven',
    'نامه‌ها',
    'ул. Mira',
  ])('takes the payee %j', (payee) => expect(isPayee(payee)).toBe(true));

  it.each([
    ['empty', ''],
    ['71 characters', 'x'.repeat(71)],
    ['a line break', 'Acme\nBooks'],
    ['a tab', 'Acme\tBooks'],
    ['NUL', 'Acme\u0000'],
    ['a bidirectional override', 'Acme \u202eskooB'],
    ['a bidirectional isolate', 'Acme \u2066x\u2069'],
    ['a right-to-left mark', 'Acme\u200f'],
    ['a zero-width space', 'Ac\u200bme'],
    ['a joiner between Latin letters', 'Ac\u200dme'],
    ['a soft hyphen', 'Ac\u00adme'],
    ['a byte order mark', '\ufeffAcme'],
    ['a line separator', 'Acme\u2028Books'],
    ['a no-break space', 'Acme\u00a0Books'],
    ['a tag character', 'Acme\u{e0041}'],
    ['private use', 'Acme\ue000'],
    ['a lone surrogate', 'Acme\ud800'],
    ['an unassigned character', 'Acme\u0378'],
    ['a space at its end', 'Acme '],
    ['two spaces', 'Acme  Books'],
    ['a decomposed letter', 'Cafe\u0301'],
    ['Cyrillic letters in a Latin word', 'Аcme'],
    ['a Greek letter in a Latin word', 'Acmε'],
    ['Cyrillic and Greek in a word', 'Сολ'],
    ['mathematical letters', '𝐀𝐜𝐦𝐞'],
    ['a link', 'Acme https://evil.example'],
    ['a link without its scheme', 'www.evil.example'],
  ])('refuses a payee with %s', (_what, payee) => expect(isPayee(payee)).toBe(false));

  it('takes nothing more, nothing less, and says what is wrong', () => {
    expect(isPayment({ iban: 'x' })).toBe(false);
    for (const key of Object.keys(payment)) expect(isPayment({ [key]: undefined })).toBe(false);
    const refused = paymentContext.safeParse({ ...payment, amount: '1.5', currency: 'JPY' });
    expect(refused.error?.issues[0]).toMatchObject({
      path: ['amount'],
      message: expect.stringContaining('whole'),
    });
  });
});

describe('signatureContext', () => {
  const isDocument = (change: object): boolean =>
    signatureContext.safeParse({ ...document, ...change }).success;

  it('takes a title and a SHA-256', () => expect(isDocument({})).toBe(true));

  it.each([
    'A0'.repeat(32),
    'a0'.repeat(31),
    'a0'.repeat(64),
    'sha256:x',
    `${'a0'.repeat(32)}\n`,
    'g0'.repeat(32),
    '',
  ])('refuses the hash %j', (documentHash) => expect(isDocument({ documentHash })).toBe(false));

  it.each(['', 'x'.repeat(71), 'Lease\u202e', 'Leаse', 'a\nb'])('refuses the title %j', (documentTitle) =>
    expect(isDocument({ documentTitle })).toBe(false),
  );
});
