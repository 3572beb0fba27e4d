import type { Table } from './locale.ts';

/** Dynamic linking (PSD2 RTS, article 5): the payer sees amount, currency and payee beside the code. */
export const paymentLead: Table = {
  en: '{brand}: {code} approves your payment of {amount} {currency} to {payee}.',
  es: '{brand}: {code} autoriza tu pago de {amount} {currency} a {payee}.',
  pt: '{brand}: {code} autoriza o seu pagamento de {amount} {currency} a {payee}.',
  fr: '{brand}: {code} autorise votre paiement de {amount} {currency} à {payee}.',
  de: '{brand}: {code} bestätigt Ihre Zahlung von {amount} {currency} an {payee}.',
  it: '{brand}: {code} autorizza il tuo pagamento di {amount} {currency} a {payee}.',
  nl: '{brand}: {code} bevestigt je betaling van {amount} {currency} aan {payee}.',
  ar: '{brand}: الرمز {code} لتأكيد دفع {amount} {currency} إلى {payee}.',
  hi: '{brand}: {code} से {payee} को {amount} {currency} का भुगतान स्वीकृत होगा।',
  id: '{brand}: {code} menyetujui pembayaran {amount} {currency} kepada {payee}.',
  tr: '{brand}: {payee} alıcısına {amount} {currency} ödeme onay kodu: {code}.',
  ru: '{brand}: {code} — код оплаты {amount} {currency}, получатель {payee}.',
  ja: '{brand}：{payee}への{amount} {currency}の支払い承認コード：{code}。',
  zh: '{brand}：向{payee}支付{amount} {currency}，验证码：{code}。',
};

/** What is signed: the title people know and the first characters of the hash the check is bound to. */
export const signatureLead: Table = {
  en: '{brand}: {code} signs "{title}" ({hash}).',
  es: '{brand}: {code} firma "{title}" ({hash}).',
  pt: '{brand}: {code} assina "{title}" ({hash}).',
  fr: '{brand}: {code} signe "{title}" ({hash}).',
  de: '{brand}: {code} unterschreibt "{title}" ({hash}).',
  it: '{brand}: {code} firma "{title}" ({hash}).',
  nl: '{brand}: {code} ondertekent "{title}" ({hash}).',
  ar: '{brand}: الرمز {code} لتوقيع "{title}" ({hash}).',
  hi: '{brand}: {code} से "{title}" ({hash}) पर हस्ताक्षर होगा।',
  id: '{brand}: {code} menandatangani "{title}" ({hash}).',
  tr: '{brand}: "{title}" ({hash}) imza kodu: {code}.',
  ru: '{brand}: {code} — код подписи "{title}" ({hash}).',
  ja: '{brand}：「{title}」（{hash}）の署名コード：{code}。',
  zh: '{brand}：签署“{title}”（{hash}），验证码：{code}。',
};
