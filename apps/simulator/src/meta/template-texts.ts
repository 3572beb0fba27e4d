/** Meta's fixed wording of authentication templates. Only English is published; the rest is our rendering. */
type Texts = {
  readonly body: string;
  readonly security: string;
  readonly expiry: (minutes: number) => string;
  readonly copy: string;
};

const english: Texts = {
  body: '*{{1}}* is your verification code.',
  security: 'For your security, do not share this code.',
  expiry: (minutes) => `This code expires in ${minutes} minutes.`,
  copy: 'Copy code',
};

const texts: Readonly<Record<string, Texts>> = {
  en: english,
  es: {
    body: 'Tu código de verificación es *{{1}}*.',
    security: 'Por tu seguridad, no lo compartas.',
    expiry: (minutes) => `Este código caduca en ${minutes} minutos.`,
    copy: 'Copiar código',
  },
  pt: {
    body: 'Seu código de verificação é *{{1}}*.',
    security: 'Para sua segurança, não o compartilhe.',
    expiry: (minutes) => `Este código expira em ${minutes} minutos.`,
    copy: 'Copiar código',
  },
  fr: {
    body: '*{{1}}* est votre code de vérification.',
    security: 'Pour votre sécurité, ne le partagez pas.',
    expiry: (minutes) => `Ce code expire dans ${minutes} minutes.`,
    copy: 'Copier le code',
  },
  de: {
    body: '*{{1}}* ist dein Bestätigungscode.',
    security: 'Teile diesen Code zu deiner Sicherheit nicht.',
    expiry: (minutes) => `Dieser Code läuft in ${minutes} Minuten ab.`,
    copy: 'Code kopieren',
  },
  it: {
    body: '*{{1}}* è il tuo codice di verifica.',
    security: 'Per la tua sicurezza, non condividerlo.',
    expiry: (minutes) => `Questo codice scade tra ${minutes} minuti.`,
    copy: 'Copia codice',
  },
  ar: {
    body: '*{{1}}* هو رمز التحقق الخاص بك.',
    security: 'للحفاظ على أمانك، لا تشارك هذا الرمز.',
    expiry: (minutes) => `تنتهي صلاحية هذا الرمز خلال ${minutes} دقائق.`,
    copy: 'نسخ الرمز',
  },
};

/** The wording for a language code such as `pt_BR`; English where we have none. */
export function textsFor(language: string): Texts {
  return texts[language.split(/[_-]/)[0] ?? 'en'] ?? english;
}
