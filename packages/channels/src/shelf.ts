import type { ProviderName } from '@otp-relay/core';
import { metaWhatsapp } from './meta-whatsapp/index.ts';
import type { Provider } from './provider.ts';
import { smtpEmail } from './smtp-email/index.ts';
import { twilioSms } from './twilio-sms/index.ts';

/** Every provider by name. Adding one: its folder, a line here, and its name in core. */
export const shelf: Readonly<Record<ProviderName, Provider>> = {
  'meta-whatsapp': metaWhatsapp,
  'twilio-sms': twilioSms,
  'smtp-email': smtpEmail,
};
