/** A form of `POST …/Messages.json` that Twilio would take. */
export type SmsSend = {
  readonly to: string;
  /** Null when a Messaging Service picks the sender. */
  readonly from: string | null;
  readonly messagingServiceSid: string | null;
  readonly body: string;
  readonly statusCallback: string | null;
  readonly channel: 'sms' | 'rcs' | 'whatsapp';
  readonly validityMs: number;
};

export type Refusal = { readonly error: number; readonly message?: string };

type Form = Readonly<Record<string, string | string[] | undefined>>;

/** ValidityPeriod: 1 to 36,000 s. */
const maxValiditySeconds = 36_000;
const maxBodyLength = 1_600;

export function readMessage(form: Form): SmsSend | Refusal {
  const field = (name: string): string => {
    const value = form[name];
    return (Array.isArray(value) ? value[0] : value) ?? '';
  };
  const to = field('To').trim();
  const from = field('From').trim();
  const service = field('MessagingServiceSid');
  const address = /^(?:(rcs|whatsapp):)?(.*)$/.exec(to);
  const channel = (address?.[1] ?? 'sms') as SmsSend['channel'];
  const refusal =
    addressRefusal(to, address?.[2] ?? '', from, service, field('FallbackFrom')) ??
    contentRefusal(field('Body'), field('ContentSid'), field('ContentVariables'), form.MediaUrl) ??
    optionRefusal(field('ValidityPeriod'), field('StatusCallback'));
  if (refusal) {
    return refusal;
  }
  return {
    to: address?.[2] ?? '',
    from: service === '' ? from : null,
    messagingServiceSid: service === '' ? null : service,
    body: field('Body') || renderContent(field('ContentVariables')),
    statusCallback: field('StatusCallback') || null,
    channel,
    validityMs: Number(field('ValidityPeriod') || maxValiditySeconds) * 1_000,
  };
}

function addressRefusal(
  to: string,
  number: string,
  from: string,
  service: string,
  fallbackFrom: string,
): Refusal | undefined {
  if (to === '') {
    return { error: 21604 };
  }
  if (from === '' && service === '') {
    return { error: 21603 };
  }
  if (fallbackFrom !== '' && from !== '') {
    return { error: 21664 };
  }
  if (fallbackFrom !== '' && service === '') {
    return { error: 21666 };
  }
  if (!/^\+[1-9]\d{6,14}$/.test(number)) {
    return { error: 21211, message: `Invalid 'To' Phone Number: ${maskNumber(number)}` };
  }
  return from !== '' && prefixOf(from) !== prefixOf(to) ? { error: 21910 } : undefined;
}

function contentRefusal(
  body: string,
  contentSid: string,
  variables: string,
  mediaUrl: unknown,
): Refusal | undefined {
  if (body === '' && contentSid === '' && mediaUrl === undefined) {
    return { error: 21602 };
  }
  if (body.length > maxBodyLength) {
    return { error: 21617 };
  }
  if (contentSid !== '' && !/^HX[0-9a-f]{32}$/i.test(contentSid)) {
    return { error: 21655 };
  }
  return variables !== '' && !isJsonObject(variables) ? { error: 21656 } : undefined;
}

function optionRefusal(validity: string, callback: string): Refusal | undefined {
  if (validity !== '' && !(/^\d+$/.test(validity) && +validity >= 1 && +validity <= maxValiditySeconds)) {
    return { error: 90007 };
  }
  if (callback === '') {
    return undefined;
  }
  const host = URL.canParse(callback) ? new URL(callback) : undefined;
  const usable = host && /^https?:$/.test(host.protocol) && !host.hostname.includes('_');
  return usable ? undefined : { error: 21609 };
}

/** Twilio's authentication template has one variable, the code. */
function renderContent(variables: string): string {
  const code = isJsonObject(variables) ? (JSON.parse(variables) as Record<string, unknown>)['1'] : undefined;
  return `${String(code ?? '')} is your verification code. For your security, do not share this code.`;
}

function prefixOf(address: string): string {
  return /^(rcs|whatsapp):/.exec(address)?.[1] ?? '';
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Twilio masks the end of a refused number: `+1555XXXX`. */
function maskNumber(number: string): string {
  return number.replace(/.{1,4}$/, (end) => 'X'.repeat(end.length));
}
