import { isJson, type Json, lower } from './json.ts';
import { languages } from './languages.ts';

/** An authentication template as its creator described it. */
export type TemplateDraft = {
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly ttlSeconds: number;
  readonly securityAdvice: boolean;
  readonly expiryMinutes: number | null;
  readonly otpType: string;
  readonly components: readonly Json[];
};

const defaultTtlSeconds = 600;
const maxButtonText = 25;

/** Reads the body of `POST /<WABA id>/message_templates`; a string says what is wrong with it. */
export function readTemplate(body: unknown, language?: string): TemplateDraft | string {
  if (!isJson(body) || typeof body.name !== 'string' || !/^[a-z0-9_]{1,512}$/.test(body.name)) {
    return 'name must be 1 to 512 lower-case letters, digits and underscores';
  }
  const chosen = language ?? body.language;
  if (typeof chosen !== 'string' || !languages.has(chosen)) {
    return `language ${String(chosen)} is not supported`;
  }
  const category = String(body.category ?? '').toUpperCase();
  if (category !== 'AUTHENTICATION') {
    return 'this simulator creates AUTHENTICATION templates only';
  }
  const ttlSeconds = body.message_send_ttl_seconds ?? defaultTtlSeconds;
  if (!isWithin(ttlSeconds, 30, 900) && ttlSeconds !== -1) {
    return 'message_send_ttl_seconds must be 30 to 900, or -1';
  }
  const components = Array.isArray(body.components) ? body.components.filter(isJson) : [];
  const part = (type: string) => components.find((one) => lower(one.type) === type);
  const minutes = part('footer')?.code_expiration_minutes ?? null;
  if (minutes !== null && !isWithin(minutes, 1, 90)) {
    return 'code_expiration_minutes must be 1 to 90';
  }
  const buttons = part('buttons')?.buttons;
  const button = Array.isArray(buttons) ? buttons.find(isJson) : undefined;
  const wrong = part('body') === undefined ? 'a BODY component is required' : wrongButton(button);
  if (wrong !== undefined || button === undefined) {
    return wrong ?? 'a BUTTONS component is required';
  }
  return {
    name: body.name,
    language: chosen,
    category,
    ttlSeconds,
    securityAdvice: part('body')?.add_security_recommendation === true,
    expiryMinutes: minutes,
    otpType: String(button.otp_type).toUpperCase(),
    components,
  };
}

function wrongButton(button: Json | undefined): string | undefined {
  if (button === undefined || lower(button.type) !== 'otp') {
    return 'an AUTHENTICATION template needs one button of type OTP';
  }
  if ([button.text, button.autofill_text].some((text) => String(text ?? '').length > maxButtonText)) {
    return 'button texts must not exceed 25 characters';
  }
  switch (String(button.otp_type).toUpperCase()) {
    case 'COPY_CODE':
      return undefined;
    case 'ONE_TAP':
      return wrongApps(button.supported_apps);
    case 'ZERO_TAP':
      return button.zero_tap_terms_accepted === true
        ? wrongApps(button.supported_apps)
        : 'zero_tap_terms_accepted must be true';
    default:
      return 'otp_type must be COPY_CODE, ONE_TAP or ZERO_TAP';
  }
}

function wrongApps(apps: unknown): string | undefined {
  const listed = Array.isArray(apps) ? apps.filter(isJson) : [];
  if (listed.length < 1 || listed.length > 5) {
    return 'supported_apps must name 1 to 5 apps';
  }
  const good = listed.every(
    (app) =>
      /^(?=.{1,224}$)\w+(\.\w+)+$/.test(String(app.package_name)) &&
      /^[A-Za-z0-9+/=]{11}$/.test(String(app.signature_hash)),
  );
  return good ? undefined : 'supported_apps need a package_name and an 11 character signature_hash';
}

function isWithin(value: unknown, from: number, to: number): value is number {
  return Number.isInteger(value) && (value as number) >= from && (value as number) <= to;
}
