import type { Locale } from './locale.ts';
import { directionOf } from './locale.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);

/** Parts of the mail as plain text; everything is escaped here and nowhere else. */
export interface MailParts {
  readonly locale: Locale;
  readonly subject: string;
  /** What mail clients show beside the subject; never the code. */
  readonly preheader: string;
  readonly lead: string;
  readonly code: string;
  readonly notice: string;
  readonly ignore: string;
}

const font = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';

/** One column, no images, no links, no trackers; readable aloud, in dark mode and from right to left. */
export function mailHtml(parts: MailParts): string {
  const { subject, preheader, lead, code, notice, ignore } = Object.fromEntries(
    Object.entries(parts).map(([name, text]) => [name, escapeHtml(text)]),
  ) as Record<keyof MailParts, string>;
  return `<!doctype html>
<html lang="${parts.locale}" dir="${directionOf(parts.locale)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #111418 !important; }
  .card { background: #1b2027 !important; color: #f2f4f7 !important; }
  .code { background: #2a313b !important; color: #ffffff !important; }
  .small { color: #aab4c0 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:24px 12px;background:#f2f4f7">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">${preheader}</div>
<div class="card" role="article" aria-label="${subject}" style="max-width:440px;margin:0 auto;padding:28px;border-radius:12px;background:#ffffff;color:#1b2027;${font};font-size:16px;line-height:1.5">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">${subject}</h1>
<p style="margin:0 0 16px">${lead}</p>
<p class="code" dir="ltr" style="margin:0 0 16px;padding:16px;border-radius:8px;background:#eef1f5;color:#1b2027;text-align:center;font-family:Menlo,Consolas,monospace;font-size:30px;font-weight:700;letter-spacing:4px">${code}</p>
<p style="margin:0 0 16px">${notice}</p>
<p class="small" style="margin:0;font-size:13px;color:#5b6673">${ignore}</p>
</div>
</body>
</html>
`;
}
