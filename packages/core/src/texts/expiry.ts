import type { Locale, Table } from './locale.ts';

const inMinutes: Table = {
  en: 'Expires in {n} min.',
  es: 'Caduca en {n} min.',
  pt: 'Expira em {n} min.',
  fr: 'Expire dans {n} min.',
  de: 'Noch {n} Min. gültig.',
  it: 'Scade tra {n} min.',
  nl: 'Verloopt over {n} min.',
  ar: 'صالح لمدة {n} دقيقة.',
  hi: '{n} मिनट तक मान्य।',
  id: 'Berlaku {n} menit.',
  tr: '{n} dk geçerli.',
  ru: 'Действует {n} мин.',
  ja: '有効期限{n}分。',
  zh: '{n}分钟内有效。',
};

const inHours: Table = {
  en: 'Expires in {n} h.',
  es: 'Caduca en {n} h.',
  pt: 'Expira em {n} h.',
  fr: 'Expire dans {n} h.',
  de: 'Noch {n} Std. gültig.',
  it: 'Scade tra {n} h.',
  nl: 'Verloopt over {n} uur.',
  ar: 'صالح لمدة {n} ساعة.',
  hi: '{n} घंटे तक मान्य।',
  id: 'Berlaku {n} jam.',
  tr: '{n} saat geçerli.',
  ru: 'Действует {n} ч.',
  ja: '有効期限{n}時間。',
  zh: '{n}小时内有效。',
};

/** A code sent within this time of its birth still says its full life: "10 min", not "9 min". */
const graceMs = 15_000;

/** How long the code still lives, in whole minutes up to two hours, then in whole hours; never less than "1 min". */
export function expiryNotice(locale: Locale, lifeMs: number): string {
  const minutes = Math.max(1, Math.floor((lifeMs + graceMs) / 60_000));
  return minutes < 120
    ? inMinutes[locale].replace('{n}', String(minutes))
    : inHours[locale].replace('{n}', String(Math.floor(minutes / 60)));
}
