/** Languages the texts are written in. WhatsApp's authentication texts are Meta's own and not among them. */
export const locales = [
  'en',
  'es',
  'pt',
  'fr',
  'de',
  'it',
  'nl',
  'ar',
  'hi',
  'id',
  'tr',
  'ru',
  'ja',
  'zh',
] as const;
export type Locale = (typeof locales)[number];

/** One sentence per language. */
export type Table = Readonly<Record<Locale, string>>;

/** The closest language we speak: `es-AR` → `es`, `pt_BR` → `pt`, anything unknown → `en`. */
export function localeFor(tag: string): Locale {
  const language = tag.toLowerCase().split(/[-_]/)[0];
  return locales.find((locale) => locale === language) ?? 'en';
}

export const directionOf = (locale: Locale): 'ltr' | 'rtl' => (locale === 'ar' ? 'rtl' : 'ltr');

/** What stands between two sentences. */
export const gapOf = (locale: Locale): '' | ' ' => (locale === 'ja' || locale === 'zh' ? '' : ' ');
