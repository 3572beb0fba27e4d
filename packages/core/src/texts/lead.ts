import type { Table } from './locale.ts';

/** The sentence that carries the code, for log-in and sign-up. */
export const codeLead: Table = {
  en: '{code} is your {brand} code.',
  es: '{code} es tu código de {brand}.',
  pt: '{code} é o seu código {brand}.',
  fr: '{code} est votre code {brand}.',
  de: '{code} ist Ihr Code für {brand}.',
  it: '{code} è il tuo codice {brand}.',
  nl: '{code} is je code voor {brand}.',
  ar: '{code} هو رمزك في {brand}.',
  hi: '{code} आपका {brand} कोड है।',
  id: '{code} adalah kode {brand} Anda.',
  tr: '{brand} kodunuz: {code}.',
  ru: '{code} — ваш код {brand}.',
  ja: '{brand}の認証コード：{code}。',
  zh: '您的{brand}验证码：{code}。',
};

/** The same when the code resets a password: a stolen log-in prompt must not pass for it. */
export const resetLead: Table = {
  en: '{code} is your code to reset your {brand} password.',
  es: '{code} es tu código para restablecer la contraseña de {brand}.',
  pt: '{code} é o seu código para redefinir a senha de {brand}.',
  fr: '{code} est votre code pour réinitialiser votre mot de passe {brand}.',
  de: '{code} ist Ihr Code zum Zurücksetzen des Passworts für {brand}.',
  it: '{code} è il tuo codice per reimpostare la password di {brand}.',
  nl: '{code} is je code om je wachtwoord voor {brand} te herstellen.',
  ar: '{code} هو رمز إعادة تعيين كلمة المرور في {brand}.',
  hi: '{code} आपका {brand} पासवर्ड बदलने का कोड है।',
  id: '{code} adalah kode untuk mengatur ulang kata sandi {brand} Anda.',
  tr: '{brand} şifrenizi sıfırlama kodu: {code}.',
  ru: '{code} — код для сброса пароля {brand}.',
  ja: '{brand}のパスワード再設定コード：{code}。',
  zh: '您的{brand}密码重置验证码：{code}。',
};
