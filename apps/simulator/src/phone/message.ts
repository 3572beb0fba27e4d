/** What a message looks like on the screen of the one who gets it. */
export type Content =
  | {
      readonly kind: 'whatsapp';
      readonly body: string;
      readonly footer: string | null;
      readonly button: string | null;
    }
  | { readonly kind: 'text'; readonly body: string }
  | {
      readonly kind: 'email';
      readonly subject: string;
      readonly body: string;
      readonly html: string | null;
      readonly otpToken: string | null;
    };

/** One receipt sent (or withheld) and how the receiver answered each try: an HTTP status, or why there was none. */
export type Receipt = {
  readonly status: string;
  readonly errorCode: number | null;
  readonly at: number;
  readonly answers: (number | string)[];
  /** How long the receiver took for its first answer; null while there is none. */
  firstAnswerMs: number | null;
};

export type ProviderName = 'meta' | 'twilio' | 'smtp';

export type TwilioMemory = {
  readonly callbackUrl: string | null;
  readonly authToken: string;
  readonly messagingServiceSid: string | null;
};

/** A message a provider took on. `arrivedAt` is set once it is on the phone (or in the mailbox). */
export type Message = {
  readonly seq: number;
  readonly id: string;
  readonly provider: ProviderName;
  readonly channel: 'whatsapp' | 'sms' | 'rcs' | 'email';
  readonly account: string;
  readonly to: string;
  readonly from: string;
  readonly content: Content;
  readonly code: string | null;
  readonly attemptId: string | null;
  readonly behaviour: string;
  readonly at: number;
  arrivedAt: number | null;
  status: string;
  errorCode: number | null;
  readonly receipts: Receipt[];
  /** What Twilio must remember to report on it; not shown. */
  readonly twilio: TwilioMemory | null;
};

/** The message as the control API prints it: instants as ISO 8601, `text` as it reads on the screen. */
export function showMessage(message: Message): Record<string, unknown> {
  const { twilio: _twilio, at, arrivedAt, receipts, ...rest } = message;
  return {
    ...rest,
    text: textOf(message.content),
    at: new Date(at).toISOString(),
    arrivedAt: arrivedAt === null ? null : new Date(arrivedAt).toISOString(),
    receipts: receipts.map((receipt) => ({ ...receipt, at: new Date(receipt.at).toISOString() })),
  };
}

export function textOf(content: Content): string {
  switch (content.kind) {
    case 'whatsapp':
      return content.footer === null ? content.body : `${content.body}\n${content.footer}`;
    case 'text':
      return content.body;
    case 'email':
      return `${content.subject}\n\n${content.body}`;
  }
}
