import type { Table } from './locale.ts';

/** The e-mail subject. It never holds the code: subjects end up in notifications, logs and lock screens. */
export const subjects: Table = {
  en: 'Your {brand} code',
  es: 'Tu código de {brand}',
  pt: 'Seu código {brand}',
  fr: 'Votre code {brand}',
  de: 'Ihr Code für {brand}',
  it: 'Il tuo codice {brand}',
  nl: 'Je code voor {brand}',
  ar: 'رمزك في {brand}',
  hi: 'आपका {brand} कोड',
  id: 'Kode {brand} Anda',
  tr: '{brand} kodunuz',
  ru: 'Ваш код {brand}',
  ja: '{brand}の認証コード',
  zh: '您的{brand}验证码',
};
