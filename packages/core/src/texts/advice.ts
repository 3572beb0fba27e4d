import type { Table } from './locale.ts';

/** The security advice every text carries where it fits. */
export const advice: Table = {
  en: 'Do not share it.',
  es: 'No lo compartas.',
  pt: 'Não o compartilhe.',
  fr: 'Ne le partagez pas.',
  de: 'Geben Sie ihn nicht weiter.',
  it: 'Non condividerlo.',
  nl: 'Deel deze niet.',
  ar: 'لا تشاركه مع أحد.',
  hi: 'इसे किसी को न बताएं।',
  id: 'Jangan bagikan.',
  tr: 'Kimseyle paylaşmayın.',
  ru: 'Никому его не сообщайте.',
  ja: '誰にも教えないでください。',
  zh: '请勿告诉他人。',
};

/** For people who did not ask; an e-mail has room for it. */
export const ignoreAdvice: Table = {
  en: 'If you did not ask for this code, ignore this e-mail. Nobody from our team will ever ask you for it.',
  es: 'Si no pediste este código, ignora este correo. Nadie de nuestro equipo te lo pedirá nunca.',
  pt: 'Se você não pediu este código, ignore este e-mail. Ninguém da nossa equipe o pedirá.',
  fr: "Si vous n'avez pas demandé ce code, ignorez cet e-mail. Personne de notre équipe ne vous le demandera.",
  de: 'Wenn Sie diesen Code nicht angefordert haben, ignorieren Sie diese E-Mail. Niemand von uns wird Sie je danach fragen.',
  it: 'Se non hai richiesto questo codice, ignora questa e-mail. Nessuno del nostro team te lo chiederà mai.',
  nl: 'Heb je niet om deze code gevraagd? Negeer dan deze e-mail. Niemand van ons team zal je er ooit om vragen.',
  ar: 'إذا لم تطلب هذا الرمز فتجاهل هذه الرسالة. لن يطلبه منك أحد من فريقنا أبدًا.',
  hi: 'यदि आपने यह कोड नहीं मांगा, तो इस ई-मेल को अनदेखा करें। हमारी टीम आपसे यह कोड कभी नहीं मांगेगी।',
  id: 'Jika Anda tidak meminta kode ini, abaikan e-mail ini. Tim kami tidak akan pernah memintanya.',
  tr: 'Bu kodu siz istemediyseniz bu e-postayı dikkate almayın. Ekibimizden kimse bu kodu sizden istemez.',
  ru: 'Если вы не запрашивали этот код, не обращайте внимания на это письмо. Наши сотрудники никогда его не спросят.',
  ja: 'このコードに心当たりがない場合は、このメールを無視してください。当社の担当者がコードをお尋ねすることはありません。',
  zh: '如果您没有请求此验证码，请忽略此邮件。我们的工作人员绝不会向您索要验证码。',
};
